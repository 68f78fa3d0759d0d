# sys-virt.pl URI DOMAIN-XML NETWORK-XML: uses domains and networks through Sys::Virt; prints what it saw, a fact a line.
use strict;
use warnings;
use Sys::Virt;

my ($uri, $domain_file, $network_file) = @ARGV;

sub content { local (@ARGV, $/) = ($_[0]); return scalar <>; }
sub fact { print join(" ", @_), "\n"; }
sub refused { my ($what, $code) = @_; eval { $code->(); 1 } and return fact($what, "worked"); fact($what, $@->code, $@->domain); }

my $conn = Sys::Virt->new(uri => $uri);
fact("type", $conn->get_type);
fact("library", $conn->get_library_version >= 9_000_000 ? "new" : "old");
fact("alive", $conn->is_alive);

my $network = $conn->define_network(content($network_file));
$network->create;
fact("network", $network->get_name, $network->is_active, $network->is_persistent, $network->get_bridge_name);
$network->set_autostart(1);
fact("autostart", $network->get_autostart);
$network->update(Sys::Virt::Network::UPDATE_COMMAND_ADD_LAST, Sys::Virt::Network::SECTION_IP_DHCP_HOST, -1,
    "<host mac='52:54:00:00:00:07' ip='192.168.91.7'/>", Sys::Virt::Network::UPDATE_AFFECT_LIVE);
fact("updated", $network->get_xml_description =~ /192\.168\.91\.7/ ? "yes" : "no");
fact("networks", map { $_->get_name } $conn->list_all_networks(Sys::Virt::Network::LIST_ACTIVE));
fact("leases", scalar(my @leases = $network->get_dhcp_leases));
fact("looked up", $conn->get_network_by_uuid($network->get_uuid)->get_name);

my $domain = $conn->create_domain(content($domain_file));
fact("domain", $domain->get_name, $domain->is_active, $domain->is_persistent, $domain->get_id > 0 ? "id" : "none");
fact("state", $domain->get_state);
fact("memory", $domain->get_max_memory, $domain->get_info->{nrVirtCpu});
fact("bridged", $domain->get_xml_description =~ /bridge='vbr91'/ ? "yes" : "no");
fact("domains", map { $_->get_name } $conn->list_all_domains(Sys::Virt::Domain::LIST_ACTIVE));
$domain->suspend;
fact("state", $domain->get_state);
$domain->destroy;
refused("gone", sub { $domain->get_info });
refused("unknown", sub { $conn->get_domain_by_name("nobody") });
refused("malformed", sub { $conn->define_domain("<domain") });

$network->destroy;
$network->undefine;
refused("network gone", sub { $network->create });
fact("networks", map { $_->get_name } $conn->list_all_networks);
