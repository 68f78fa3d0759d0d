(* /etc/libvirt/libvirtd.conf *)

module Libvirtd =
  autoload xfm

  let eol = del /[ \t]*\n/ "\n"
  let indent = del /[ \t]*/ ""
  let equals = del /[ \t]*=[ \t]*/ " = "
  let blank = del /[ \t\n]*/ ""

  let text = del /"/ "\"" . store /[^"\n]*/ . del /"/ "\""
  let comma = del /,[ \t\n]*/ ", "
  let item = [ seq "el" . text ] . blank
  let items = counter "el" . del /\[[ \t\n]*/ "[ " . ( item . ( comma . item )* )? . del /\]/ "]"

  let flag_entry (kw:string) = [ key kw . equals . store /[01]/ ]
  let int_entry (kw:string) = [ key kw . equals . store /-?[0-9]+/ ]
  let string_entry (kw:string) = [ key kw . equals . text ]
  let list_entry (kw:string) = [ key kw . equals . ( items | [ label "1" . text ] ) ]

  let entry = int_entry "log_level"
            | string_entry "log_filters"
            | string_entry "log_outputs"
            | string_entry "unix_sock_group"
            | string_entry "unix_sock_ro_perms"
            | string_entry "unix_sock_rw_perms"
            | string_entry "unix_sock_admin_perms"
            | string_entry "unix_sock_dir"
            | string_entry "auth_unix_ro"
            | string_entry "auth_unix_rw"
            | list_entry "access_drivers"
            | list_entry "sasl_allowed_username_list"
            | int_entry "min_workers"
            | int_entry "max_workers"
            | int_entry "prio_workers"
            | int_entry "max_clients"
            | int_entry "max_queued_clients"
            | int_entry "max_anonymous_clients"
            | int_entry "max_client_requests"
            | int_entry "admin_min_workers"
            | int_entry "admin_max_workers"
            | int_entry "admin_max_clients"
            | int_entry "admin_max_queued_clients"
            | int_entry "admin_max_client_requests"
            | int_entry "keepalive_interval"
            | int_entry "keepalive_count"
            | int_entry "admin_keepalive_interval"
            | int_entry "admin_keepalive_count"
            | int_entry "audit_level"
            | flag_entry "audit_logging"
            | string_entry "host_uuid"
            | string_entry "host_uuid_source"
            | int_entry "ovs_timeout"
            | flag_entry "listen_tls"
            | flag_entry "listen_tcp"
            | string_entry "tls_port"
            | string_entry "tcp_port"
            | string_entry "listen_addr"
            | string_entry "auth_tcp"
            | string_entry "auth_tls"
            | string_entry "key_file"
            | string_entry "cert_file"
            | string_entry "ca_file"
            | string_entry "crl_file"
            | flag_entry "tls_no_sanity_certificate"
            | flag_entry "tls_no_verify_certificate"
            | list_entry "tls_allowed_dn_list"
            | string_entry "tls_priority"
            | int_entry "tcp_min_ssf"

  let comment = [ label "#comment" . del /[ \t]*#[ \t]*/ "# " . store /([^ \t\n][^\n]*)?/ . del /\n/ "\n" ]
  let empty = [ label "#empty" . eol ]

  let lns = ( indent . entry . eol | comment | empty )*

  let filter = incl "/etc/libvirt/libvirtd.conf" . Util.stdexcl

  let xfm = transform lns filter
