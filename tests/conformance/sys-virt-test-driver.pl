# sys-virt-test-driver.pl URI: every kind of object of the test driver through Sys::Virt; prints what it saw, a fact a line.
use strict;
use warnings;
use Sys::Virt;

my ($uri) = @ARGV;

sub show { my ($what, $call) = @_; my @values = eval { $call->() }; print "$what: ", ($@ ? join("/", $@->code, $@->domain, $@->message) : join(" ", map { ref $_ eq "HASH" ? flat($_) : defined $_ ? $_ : "undef" } @values)), "\n"; }
sub flat { my ($hash) = @_; return join(",", map { "$_=" . (ref $hash->{$_} ? "..." : $hash->{$_}) } sort keys %$hash); }
sub names { return sort map { $_->get_name } @_; }

my $conn = Sys::Virt->new(uri => $uri);
show("type", sub { $conn->get_type });
show("version", sub { $conn->get_version });
show("hostname", sub { $conn->get_hostname });
show("secure", sub { $conn->is_secure, $conn->is_encrypted, $conn->is_alive });
show("node", sub { $conn->get_node_info });
show("vcpus", sub { $conn->get_max_vcpus("test") });
show("capabilities", sub { length $conn->get_capabilities });
show("domains", sub { names($conn->list_all_domains) });
show("networks", sub { names($conn->list_all_networks) });
show("interfaces", sub { names($conn->list_all_interfaces) });
show("pools", sub { names($conn->list_all_storage_pools) });
show("devices", sub { names($conn->list_all_node_devices) });
show("secrets", sub { $conn->list_all_secrets });

my $domain = $conn->get_domain_by_name("test");
show("uuid", sub { $domain->get_uuid_string });
show("state", sub { $domain->get_state });
show("max memory", sub { $domain->get_max_memory });
show("xml", sub { $domain->get_xml_description });
show("vcpus", sub { $domain->get_vcpus(Sys::Virt::Domain::VCPU_LIVE) });
show("autostart", sub { $domain->set_autostart(1); $domain->get_autostart });
show("title", sub { $domain->set_metadata(Sys::Virt::Domain::METADATA_TITLE, "a title", undef, undef); $domain->get_metadata(Sys::Virt::Domain::METADATA_TITLE) });
show("suspend", sub { $domain->suspend; $domain->get_state });
show("suspended again", sub { $domain->suspend });
show("resume", sub { $domain->resume; $domain->get_state });
show("blkio", sub { $domain->get_blkio_parameters });
show("memory parameters", sub { $domain->get_memory_parameters });
show("scheduler", sub { $domain->get_scheduler_type, $domain->get_scheduler_parameters });
show("addresses", sub { map { $_->{name}, $_->{hwaddr} } $domain->get_interface_addresses(0) });
show("agent", sub { $domain->get_hostname });
show("snapshot", sub { $domain->create_snapshot("<domainsnapshot><name>s</name></domainsnapshot>")->get_name });
show("snapshots", sub { names($domain->list_all_snapshots) });
show("current", sub { $domain->current_snapshot->get_name });
show("destroy", sub { $domain->destroy; $domain->get_state });
show("destroy again", sub { $domain->destroy });
show("undefine", sub { $domain->undefine });
show("revert", sub { $domain->get_snapshot_by_name("s")->revert_to; $domain->get_state });
show("define", sub { $conn->define_domain("<domain type='test'><name>x</name><memory>1024</memory><os><type>hvm</type></os></domain>")->get_name });
show("define badly", sub { $conn->define_domain("<domain/>") });
show("nobody", sub { $conn->get_domain_by_name("nobody") });

my $network = $conn->get_network_by_name("default");
show("network", sub { $network->get_bridge_name, $network->is_active, $network->is_persistent, $network->get_autostart });
show("network xml", sub { $network->get_xml_description });
show("network destroy", sub { $network->destroy; $network->is_active });
show("network undefine", sub { $network->undefine; names($conn->list_all_networks) });

my $pool = $conn->get_storage_pool_by_name("default-pool");
show("pool", sub { $pool->get_info });
show("volume", sub { $pool->create_volume("<volume><name>v</name><capacity>1024</capacity></volume>")->get_path });
show("volumes", sub { names($pool->list_all_volumes) });
show("volume info", sub { $pool->get_volume_by_name("v")->get_info });
show("volume again", sub { $pool->create_volume("<volume><name>v</name><capacity>1024</capacity></volume>") });

my $iface = $conn->get_interface_by_name("eth1");
show("interface", sub { $iface->get_mac, $iface->is_active });
show("interface xml", sub { $iface->get_xml_description });
show("interface change", sub { $conn->interface_change_begin; $iface->destroy; $conn->interface_change_rollback; $iface->is_active });

my $device = $conn->get_node_device_by_name("scsi_host1");
show("device", sub { $device->get_parent, sort $device->list_capabilities });
show("device xml", sub { $device->get_xml_description });
