# visit.pl ACCESS FILE URI: what a visitor sees of a daemon, as JSON. ACCESS is "rw" or "ro", FILE a domain to define.
use strict;
use warnings;
use JSON::PP;
use Sys::Virt;
use Sys::Virt::Event;

my ($access, $file, $uri) = @ARGV;
sub content { local (@ARGV, $/) = ($_[0]); return scalar <>; }
sub tell_all { print encode_json($_[0]), "\n"; exit 0; }

Sys::Virt::Event::register_default();
my $connection = eval {
    Sys::Virt->new(
        uri => $uri,
        readonly => $access eq "ro" ? 1 : 0,
        auth => 1,
        credlist => [Sys::Virt::CRED_AUTHNAME, Sys::Virt::CRED_PASSPHRASE],
        callback => sub { return -1 },    # nobody is asked: a file has the names and passwords
    );
} or tell_all({ refused => $@->code });
my %told = (type => $connection->get_type, events => 0);
$connection->list_all_domains;
$connection->domain_event_register_any(undef, Sys::Virt::Domain::EVENT_ID_LIFECYCLE, sub { $told{events}++ });
if (eval { $connection->define_domain(content($file))->undefine; 1 }) {
    $told{define} = 0;
    my $until = time + 20;
    Sys::Virt::Event::run_default() while $told{events} < 2 && time < $until;
} else {
    $told{define} = $@->code;
}
tell_all(\%told);
