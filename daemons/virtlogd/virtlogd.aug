(* /etc/libvirt/virtlogd.conf *)

module Virtlogd =
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
            | int_entry "max_clients"
            | int_entry "admin_max_clients"
            | int_entry "max_size"
            | int_entry "max_backups"
            | string_entry "compress_backups"
            | int_entry "max_age_days"
            | string_entry "log_root"
            | string_entry "log_readers"
            | list_entry "access_drivers"
            | list_entry "ship_to"

  let comment = [ label "#comment" . del /[ \t]*#[ \t]*/ "# " . store /([^ \t\n][^\n]*)?/ . del /\n/ "\n" ]
  let empty = [ label "#empty" . eol ]

  let lns = ( indent . entry . eol | comment | empty )*

  let filter = incl "/etc/libvirt/virtlogd.conf" . Util.stdexcl

  let xfm = transform lns filter
