//! `_socket`.
//!
//! | file | what it has |
//! |---|---|
//! | `object` | the type: making, closing, connections, timeouts |
//! | `call` | calls that may wait |
//! | `address`, `bluetooth` | addresses of all families |
//! | `transfer`, `message` | receiving and sending, without and with ancillary data |
//! | `options` | socket options |
//! | `resolve` | names of hosts, services and protocols |
//! | `numbers` | byte order, numeric addresses, interfaces |

mod address;
mod bluetooth;
mod call;
mod message;
mod numbers;
mod object;
mod options;
mod resolve;
mod transfer;

pub use object::SOCKET;

use taipan_host::socket as host;
use taipan_object::exception::{OS_ERROR, TIMEOUT_ERROR};
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::types::{StaticType, flags, no_layout};
use taipan_object::{PyResult, Thread, Value};
use taipan_std_os::args::{add_constants, module_dict};

const EXC: u64 = flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS;

/// `socket.herror`: a look-up in the older way failed.
pub static HERROR: StaticType =
    StaticType::new("socket", "herror", Some(&OS_ERROR), EXC, no_layout);

/// `socket.gaierror`: a look-up failed.
pub static GAI_ERROR: StaticType =
    StaticType::new("socket", "gaierror", Some(&OS_ERROR), EXC, no_layout);

/// `_socket`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_socket",
    doc: "Implementation module for socket operations.\n\nSee the socket module for documentation.",
    functions: &[
        Method::raw("gethostbyname", "", resolve::gethostbyname).doc("gethostbyname(host) -> address\n\nReturn the IP address (a string of the form '255.255.255.255') for a host."),
        Method::raw("gethostbyname_ex", "", resolve::gethostbyname_ex).doc("gethostbyname_ex(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a host name or IP number."),
        Method::raw("gethostbyaddr", "", resolve::gethostbyaddr).doc("gethostbyaddr(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a host name or IP number."),
        Method::new("gethostname", "()", resolve::gethostname).doc("gethostname() -> string\n\nReturn the current host name."),
        Method::raw("sethostname", "", resolve::sethostname).doc("sethostname(name)\n\nSets the hostname to name."),
        Method::raw("getservbyname", "", resolve::getservbyname).doc("getservbyname(servicename[, protocolname]) -> integer\n\nReturn a port number from a service name and protocol name.\nThe optional protocol name, if given, should be 'tcp' or 'udp',\notherwise any protocol will match."),
        Method::raw("getservbyport", "", resolve::getservbyport).doc("getservbyport(port[, protocolname]) -> string\n\nReturn the service name from a port number and protocol name.\nThe optional protocol name, if given, should be 'tcp' or 'udp',\notherwise any protocol will match."),
        Method::raw("getprotobyname", "", resolve::getprotobyname).doc("getprotobyname(name) -> integer\n\nReturn the protocol number for the named protocol.  (Rarely used.)"),
        Method::new("getaddrinfo", "(host, port, family=0, type=0, proto=0, flags=0)", resolve::getaddrinfo).doc("getaddrinfo(host, port [, family, type, proto, flags])\n    -> list of (family, type, proto, canonname, sockaddr)\n\nResolve host and port into addrinfo struct."),
        Method::raw("getnameinfo", "", resolve::getnameinfo).doc("getnameinfo(sockaddr, flags) --> (host, port)\n\nGet host and port for a sockaddr."),
        Method::new("close", "(object, /)", object::close_number).doc("close(integer) -> None\n\nClose an integer socket file descriptor.  This is like os.close(), but for\nsockets; on some platforms os.close() won't work for socket file descriptors."),
        Method::new("dup", "(object, /)", object::dup).doc("dup(integer) -> integer\n\nDuplicate an integer socket file descriptor.  This is like os.dup(), but for\nsockets; on some platforms os.dup() won't work for socket file descriptors."),
        Method::raw("socketpair", "", object::socketpair).doc("socketpair([family[, type [, proto]]]) -> (socket object, socket object)\n\nCreate a pair of socket objects from the sockets returned by the platform\nsocketpair() function.\nThe arguments are the same as for socket() except the default family is AF_UNIX\nif defined on the platform; otherwise, the default is AF_INET."),
        Method::new("htons", "(integer, /)", numbers::swap16).doc("Convert a 16-bit unsigned integer from host to network byte order."),
        Method::new("ntohs", "(integer, /)", numbers::swap16).doc("Convert a 16-bit unsigned integer from network to host byte order."),
        Method::new("htonl", "(integer, /)", numbers::swap32).doc("Convert a 32-bit unsigned integer from host to network byte order."),
        Method::new("ntohl", "(integer, /)", numbers::swap32).doc("Convert a 32-bit unsigned integer from network to host byte order."),
        Method::new("inet_aton", "(ip_addr, /)", numbers::inet_aton).doc("Convert an IP address in string format (123.45.67.89) to the 32-bit packed binary format used in low-level network functions."),
        Method::new("inet_ntoa", "(packed_ip, /)", numbers::inet_ntoa).doc("Convert an IP address from 32-bit packed binary format to string format."),
        Method::raw("inet_pton", "", numbers::inet_pton).doc("inet_pton(af, ip) -> packed IP address string\n\nConvert an IP address from string format to a packed string suitable\nfor use with low-level network functions."),
        Method::raw("inet_ntop", "", numbers::inet_ntop).doc("inet_ntop(af, packed_ip) -> string formatted IP address\n\nConvert a packed IP address of the given family to string format."),
        Method::new("if_nameindex", "()", numbers::if_nameindex).doc("if_nameindex()\n\nReturns a list of network interface information (index, name) tuples."),
        Method::new("if_nametoindex", "(oname, /)", numbers::if_nametoindex).doc("Returns the interface index corresponding to the interface name if_name."),
        Method::new("if_indextoname", "(if_index, /)", numbers::if_indextoname).doc("Returns the interface name corresponding to the interface index if_index."),
        Method::raw("CMSG_LEN", "", numbers::cmsg_len).doc("CMSG_LEN(length) -> control message length\n\nReturn the total length, without trailing padding, of an ancillary\ndata item with associated data of the given length."),
        Method::raw("CMSG_SPACE", "", numbers::cmsg_space).doc("CMSG_SPACE(length) -> buffer size\n\nReturn the buffer size needed for recvmsg() to receive an ancillary\ndata item with associated data of the given length, along with any\ntrailing padding."),
        Method::new("getdefaulttimeout", "()", numbers::getdefaulttimeout).doc("getdefaulttimeout() -> timeout\n\nReturns the default timeout in seconds (float) for new socket objects.\nA value of None indicates that new socket objects have no timeout."),
        Method::new("setdefaulttimeout", "(object, /)", numbers::setdefaulttimeout).doc("setdefaulttimeout(timeout)\n\nSet the default timeout in seconds (float) for new socket objects.\nA value of None indicates that new socket objects have no timeout."),
    ],
    types: &[
        (&SOCKET, &object::SPEC),
        (&HERROR, &TypeSpec::EMPTY),
        (&GAI_ERROR, &TypeSpec::EMPTY),
    ],
    init,
};

fn init(th: &Thread, module: Value) -> PyResult<()> {
    add_constants(th, module, host::CONSTANTS)?;
    let d = module_dict(module);
    d.set_name(th, "SocketType", SOCKET.value())?;
    d.set_name(th, "error", OS_ERROR.value())?;
    d.set_name(th, "timeout", TIMEOUT_ERROR.value())?;
    d.set_name(th, "has_ipv6", Value::TRUE)?;
    d.set_name(th, "BDADDR_ANY", Value::str(th, "00:00:00:00:00:00"))?;
    d.set_name(th, "BDADDR_LOCAL", Value::str(th, "00:00:00:FF:FF:FF"))
}
