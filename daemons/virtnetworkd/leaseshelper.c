/*
 * libvirt_leaseshelper: what dnsmasq calls (--dhcp-script) when a lease changes.
 *
 *   libvirt_leaseshelper init
 *   libvirt_leaseshelper add|old|del MAC-or-DUID IP [HOSTNAME]
 *
 * Keeps DIR/BRIDGE.status, a JSON array of leases that libvirt's daemon and its NSS modules read, and on `init`
 * prints the leases for dnsmasq, which keeps no file of its own (--leasefile-ro). Works without the daemon.
 *
 * Environment: LIBVIRT_DNSMASQ_DIR (default /var/lib/libvirt/dnsmasq), DNSMASQ_INTERFACE or VIR_BRIDGE_NAME, and
 * dnsmasq's DNSMASQ_* variables. Values of the file are handed through as they are written there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The members of a lease, in the order they are written. */
enum { IAID, IP, MAC, HOSTNAME, CLIENT_ID, SERVER_DUID, EXPIRY, MEMBERS };
static const char *const member_names[MEMBERS] = {
    "iaid", "ip-address", "mac-address", "hostname", "client-id", "server-duid", "expiry-time",
};

/* Each member is a JSON token, quotes included, or NULL. */
struct lease {
    char *member[MEMBERS];
};

static struct lease *leases;
static size_t lease_count;

static void die(const char *what, const char *path)
{
    fprintf(stderr, "libvirt_leaseshelper: %s %s: %s\n", what, path, strerror(errno));
    exit(EXIT_FAILURE);
}

static void *checked(void *memory)
{
    if (!memory)
        die("no memory for", "leases");
    return memory;
}

static char *duplicate(const char *text, size_t length)
{
    char *copy = checked(malloc(length + 1));
    memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

static struct lease *new_lease(void)
{
    leases = checked(realloc(leases, (lease_count + 1) * sizeof *leases));
    memset(&leases[lease_count], 0, sizeof *leases);
    return &leases[lease_count++];
}

/* Reading: a cursor over an array of flat objects. Each function returns 0 when the text is not that. */

static void skip_blanks(const char **at)
{
    *at += strspn(*at, " \t\r\n");
}

static int take(const char **at, char wanted)
{
    skip_blanks(at);
    if (**at != wanted)
        return 0;
    (*at)++;
    return 1;
}

/* A string with its quotes, or a number. */
static char *take_token(const char **at)
{
    const char *start, *end;

    skip_blanks(at);
    start = end = *at;
    if (*start == '"') {
        for (end++; *end && *end != '"'; end++)
            if (*end == '\\' && !*++end)
                return NULL;
        if (*end++ != '"')
            return NULL;
    } else {
        end += strspn(start, "-+.0123456789eE");
        if (end == start)
            return NULL;
    }
    *at = end;
    return duplicate(start, (size_t)(end - start));
}

static int take_object(const char **at)
{
    struct lease *lease = new_lease();

    if (!take(at, '{'))
        return 0;
    if (take(at, '}'))
        return 1;
    do {
        char *name = take_token(at);
        char *value = name && take(at, ':') ? take_token(at) : NULL;
        int i;

        if (!value)
            return 0;
        for (i = 0; i < MEMBERS; i++) {
            size_t length = strlen(member_names[i]);
            if (strncmp(name + 1, member_names[i], length) == 0 && name[length + 1] == '"')
                lease->member[i] = value;
        }
        free(name);
    } while (take(at, ','));
    return take(at, '}');
}

static int read_leases(const char *text)
{
    if (!take(&text, '['))
        return 0;
    if (take(&text, ']'))
        return 1;
    do {
        if (!take_object(&text))
            return 0;
    } while (take(&text, ','));
    return take(&text, ']');
}

static void load(const char *path)
{
    struct stat status;
    char *text;
    ssize_t length;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        if (errno == ENOENT)
            return;
        die("cannot open", path);
    }
    if (fstat(fd, &status) < 0)
        die("cannot look at", path);
    text = checked(malloc((size_t)status.st_size + 1));
    length = read(fd, text, (size_t)status.st_size);
    if (length < 0)
        die("cannot read", path);
    text[length] = 0;
    close(fd);
    if (length > 0 && !read_leases(text)) {
        /* A lease lost is renewed; a helper that refuses to work loses all of them. */
        fprintf(stderr, "libvirt_leaseshelper: %s is damaged, starting afresh\n", path);
        lease_count = 0;
    }
    free(text);
}

/* Writing. */

/* A JSON string; NULL for no text. */
static char *quote(const char *text)
{
    char *token, *out;

    if (!text || !*text)
        return NULL;
    token = out = checked(malloc(strlen(text) * 6 + 3));
    *out++ = '"';
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            *out++ = '\\';
            *out++ = (char)c;
        } else if (c < 0x20) {
            out += sprintf(out, "\\u%04x", c);
        } else {
            *out++ = (char)c;
        }
    }
    *out++ = '"';
    *out = 0;
    return token;
}

static void save(const char *path)
{
    char temporary[4096 + 8];
    FILE *out;
    size_t i;
    int member;

    snprintf(temporary, sizeof temporary, "%s.new", path);
    if (!(out = fopen(temporary, "we")) || fchmod(fileno(out), 0644) < 0)
        die("cannot create", temporary);
    fputs(lease_count ? "[\n" : "[]", out);
    for (i = 0; i < lease_count; i++) {
        const char *separator = "";
        fputs("  {\n", out);
        for (member = 0; member < MEMBERS; member++) {
            if (!leases[i].member[member])
                continue;
            fprintf(out, "%s    \"%s\": %s", separator, member_names[member], leases[i].member[member]);
            separator = ",\n";
        }
        fputs(i + 1 < lease_count ? "\n  },\n" : "\n  }\n]", out);
    }
    fputc('\n', out);
    if (fflush(out) != 0 || fsync(fileno(out)) < 0 || fclose(out) != 0) {
        unlink(temporary);
        die("cannot write", temporary);
    }
    if (rename(temporary, path) < 0)
        die("cannot replace", path);
}

static void forget(const char *ip_token)
{
    long long now = (long long)time(NULL);
    size_t i, kept = 0;

    for (i = 0; i < lease_count; i++) {
        const char *ip = leases[i].member[IP];
        long long expiry = leases[i].member[EXPIRY] ? atoll(leases[i].member[EXPIRY]) : 0;
        if (!ip || (ip_token && strcmp(ip, ip_token) == 0) || (expiry > 0 && expiry < now))
            continue;
        leases[kept++] = leases[i];
    }
    lease_count = kept;
}

static void add(const char *address, const char *ip_token, const char *hostname)
{
    struct lease *lease = new_lease();
    const char *iaid = getenv("DNSMASQ_IAID");
    const char *expires = getenv("DNSMASQ_LEASE_EXPIRES");
    char number[32];

    lease->member[IAID] = quote(iaid);
    lease->member[IP] = duplicate(ip_token, strlen(ip_token));
    lease->member[MAC] = quote(iaid ? getenv("DNSMASQ_MAC") : address);
    lease->member[HOSTNAME] = quote(hostname ? hostname : getenv("DNSMASQ_SUPPLIED_HOSTNAME"));
    lease->member[CLIENT_ID] = quote(iaid ? address : getenv("DNSMASQ_CLIENT_ID"));
    lease->member[SERVER_DUID] = iaid ? quote(getenv("DNSMASQ_SERVER_DUID")) : NULL;
    snprintf(number, sizeof number, "%lld", expires ? atoll(expires) : 0LL);
    lease->member[EXPIRY] = duplicate(number, strlen(number));
}

/* A token without its quotes, or `*`; a text that needed escapes is none dnsmasq could use. */
static void print_word(const char *token, const char *after)
{
    if (!token || *token != '"' || strpbrk(token, "\\ \t"))
        printf("*%s", after);
    else
        printf("%.*s%s", (int)strlen(token) - 2, token + 1, after);
}

static void print_leases(int ipv6)
{
    size_t i;
    int duid = 0;

    for (i = 0; i < lease_count; i++) {
        char **member = leases[i].member;
        if (!member[IAID] != !ipv6)
            continue;
        if (ipv6 && !duid && member[SERVER_DUID]) {
            fputs("duid ", stdout);
            print_word(member[SERVER_DUID], "\n");
            duid = 1;
        }
        printf("%s ", member[EXPIRY] ? member[EXPIRY] : "0");
        print_word(ipv6 ? member[IAID] : member[MAC], " ");
        print_word(member[IP], " ");
        print_word(member[HOSTNAME], " ");
        print_word(member[CLIENT_ID], "\n");
    }
}

int main(int argc, char **argv)
{
    const char *directory = getenv("LIBVIRT_DNSMASQ_DIR");
    const char *bridge = getenv("DNSMASQ_INTERFACE");
    const char *action = argc > 1 ? argv[1] : "";
    char path[4096];
    int lock;

    if (!directory)
        directory = "/var/lib/libvirt/dnsmasq";
    if (!bridge)
        bridge = getenv("VIR_BRIDGE_NAME");
    if (!bridge || strchr(bridge, '/') || snprintf(path, sizeof path, "%s/%s.status", directory, bridge) >= (int)sizeof path) {
        fprintf(stderr, "libvirt_leaseshelper: no usable bridge name\n");
        return EXIT_FAILURE;
    }
    /* The folder itself is the lock: helpers of all networks and clean-up by the daemon wait for each other. */
    lock = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX) < 0)
        die("cannot lock", directory);
    if (strcmp(action, "init") == 0) {
        load(path);
        forget(NULL);
        print_leases(0);
        print_leases(1);
    } else if (argc >= 4 && (strcmp(action, "add") == 0 || strcmp(action, "old") == 0 || strcmp(action, "del") == 0)) {
        char *ip = quote(argv[3]);
        load(path);
        forget(ip);
        if (*action != 'd' && ip)
            add(argv[2], ip, argc > 4 ? argv[4] : NULL);
        save(path);
    } /* dnsmasq has further actions (tftp, arp, ...) that say nothing about leases */
    return EXIT_SUCCESS;
}
