//! The socket type: making and closing, connections, timeouts.

use super::address::{self, plain_error};
use super::call::{For, attempt, run};
use super::{options, transfer};
use std::sync::atomic::{AtomicI32, AtomicI64, Ordering};
use taipan_host::{fd as host_fd, socket as host};
use taipan_object::call::Args;
use taipan_object::exception::{self as exc, TYPE_ERROR};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ops, payload};
use taipan_std_os::args::{
    Round, bind, bound, given, int, int_or, os_error, positional, retry, seconds_to_ns, state, sys,
};

/// The payload of a socket.
pub struct Sock {
    /// -1 where there is none.
    fd: AtomicI32,
    family: AtomicI32,
    kind: AtomicI32,
    proto: AtomicI32,
    /// Nanoseconds; negative to wait without an end, 0 never to wait.
    timeout: AtomicI64,
}

payload!(Sock, "socket", |this, m| {});

impl Sock {
    /// One without a descriptor.
    fn blank() -> Sock {
        Sock {
            fd: AtomicI32::new(-1),
            family: AtomicI32::new(0),
            kind: AtomicI32::new(0),
            proto: AtomicI32::new(0),
            timeout: AtomicI64::new(-1),
        }
    }

    pub(super) fn fd(&self) -> i32 {
        self.fd.load(Ordering::Acquire)
    }

    pub(super) fn family(&self) -> i32 {
        self.family.load(Ordering::Relaxed)
    }

    pub(super) fn kind(&self) -> i32 {
        self.kind.load(Ordering::Relaxed)
    }

    pub(super) fn proto(&self) -> i32 {
        self.proto.load(Ordering::Relaxed)
    }

    pub(super) fn timeout(&self) -> i64 {
        self.timeout.load(Ordering::Relaxed)
    }
}

/// `_socket.socket`
pub static SOCKET: StaticType = StaticType::new(
    "_socket",
    "socket",
    Some(&OBJECT),
    flags::BASE | flags::HAS_DEL,
    layout_of::<Sock>,
);

static INIT: Method = Method::new(
    "socket",
    "(family=-1, type=-1, proto=-1, fileno=None)",
    bound,
);

/// `_socket.socket`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| Ok(th.new_instance(cls, Sock::blank()).value()));
        s.init = Some(init);
        s.repr = Some(repr);
        s.del = Some(finalize);
    },
    methods: &[
        Method::new("_accept", "($self, /)", accept).doc("_accept() -> (integer, address info)\n\nWait for an incoming connection.  Return a new socket file descriptor\nrepresenting the connection, and the address of the client."),
        Method::new("bind", "($self, object, /)", |th, a| {
            let s = sock(a);
            let to = address::parse(th, s, a[1], "bind")?;
            th.audit("socket.bind", &a[..2])?;
            let fd = s.fd();
            sys(th, th.blocking(|| host::bind(fd, &to)))?;
            Ok(Value::NONE)
        })
        .doc("bind(address)\n\nBind the socket to a local address.  For IP sockets, the address is a\npair (host, port); the host must refer to the local host. For raw packet\nsockets the address is a tuple (ifname, proto [,pkttype [,hatype [,addr]]])"),
        Method::new("close", "($self, /)", close).doc("close()\n\nClose the socket.  It cannot be used after this call."),
        Method::new("connect", "($self, object, /)", |th, a| {
            let s = sock(a);
            let to = address::parse(th, s, a[1], "connect")?;
            th.audit("socket.connect", &a[..2])?;
            match connect_to(th, s, &to)? {
                Ok(()) => Ok(Value::NONE),
                Err(e) => Err(e.raise(th)),
            }
        })
        .doc("connect(address)\n\nConnect the socket to a remote address.  For IP sockets, the address\nis a pair (host, port)."),
        Method::new("connect_ex", "($self, object, /)", |th, a| {
            let s = sock(a);
            let to = address::parse(th, s, a[1], "connect_ex")?;
            th.audit("socket.connect", &a[..2])?;
            let n = connect_to(th, s, &to)?.map_or_else(|e| e.errno(), |()| 0);
            Ok(Value::small_int(n.into()))
        })
        .doc("connect_ex(address) -> errno\n\nThis is like connect(address), but returns an error code (the errno value)\ninstead of raising an exception when an error occurs."),
        Method::new("detach", "($self, /)", |_, a| {
            Ok(Value::small_int(sock(a).fd.swap(-1, Ordering::AcqRel).into()))
        })
        .doc("detach()\n\nClose the socket object without closing the underlying file descriptor.\nThe object cannot be used after this call, but the file descriptor\ncan be reused for other purposes.  The file descriptor is returned."),
        Method::new("fileno", "($self, /)", |_, a| Ok(Value::small_int(sock(a).fd().into())))
            .doc("fileno() -> integer\n\nReturn the integer file descriptor of the socket."),
        Method::new("getpeername", "($self, /)", |th, a| {
            let s = sock(a);
            let fd = s.fd();
            let from = sys(th, th.blocking(|| host::getpeername(fd)))?;
            address::make(th, &from, s.proto())
        })
        .doc("getpeername() -> address info\n\nReturn the address of the remote endpoint."),
        Method::new("getsockname", "($self, /)", |th, a| {
            let s = sock(a);
            let fd = s.fd();
            let own = sys(th, th.blocking(|| host::getsockname(fd)))?;
            address::make(th, &own, s.proto())
        })
        .doc("getsockname() -> address info\n\nReturn the address of the local endpoint."),
        Method::raw("getsockopt", "", options::getsockopt).doc("getsockopt(level, option[, buffersize]) -> value\n\nGet a socket option.\nIf a nonzero buffersize argument is given, the return value is a\nstring of that length; otherwise it is an integer."),
        Method::raw("setsockopt", "", options::setsockopt).doc("setsockopt(level, option, value: int)\nsetsockopt(level, option, value: buffer)\nsetsockopt(level, option, None, optlen: int)\n\nSet a socket option."),
        Method::raw("listen", "", |th, args| {
            let (this, args) = method(args);
            let [backlog] = positional(th, args, "listen", 0)?;
            let backlog = int_or(th, backlog, libc::SOMAXCONN.min(128))?.max(0);
            let fd = sock(&[this]).fd();
            sys(th, th.blocking(|| host::listen(fd, backlog)))?;
            Ok(Value::NONE)
        })
        .doc("listen([backlog])\n\nEnable a server to accept connections.  If backlog is specified, it must be\nat least 0 (if it is lower, it is set to 0); it specifies the number of\nunaccepted connections that the system will allow before refusing new\nconnections. If not specified, a default reasonable value is chosen."),
        Method::new("shutdown", "($self, object, /)", |th, a| {
            let (fd, how) = (sock(a).fd(), int(th, a[1])?);
            sys(th, th.blocking(|| host::shutdown(fd, how)))?;
            Ok(Value::NONE)
        })
        .doc("shutdown(flag)\n\nShut down the reading side of the socket (flag == SHUT_RD), the writing side\nof the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR)."),
        Method::new("settimeout", "($self, object, /)", |th, a| {
            let ns = parse_timeout(th, a[1])?;
            set_timeout(th, sock(a), ns)?;
            Ok(Value::NONE)
        })
        .doc("settimeout(timeout)\n\nSet a timeout on socket operations.  'timeout' can be a float,\ngiving in seconds, or None.  Setting a timeout of None disables\nthe timeout feature and is equivalent to setblocking(1).\nSetting a timeout of zero is the same as setblocking(0)."),
        Method::new("gettimeout", "($self, /)", |th, a| Ok(show_timeout(th, sock(a).timeout())))
            .doc("gettimeout() -> timeout\n\nReturns the timeout in seconds (float) associated with socket\noperations. A timeout of None indicates that timeouts on socket\noperations are disabled."),
        Method::new("setblocking", "($self, object, /)", |th, a| {
            let ns = if ops::truth(th, a[1])? { -1 } else { 0 };
            set_timeout(th, sock(a), ns)?;
            Ok(Value::NONE)
        })
        .doc("setblocking(flag)\n\nSet the socket to blocking (flag is true) or non-blocking (false).\nsetblocking(True) is equivalent to settimeout(None);\nsetblocking(False) is equivalent to settimeout(0.0)."),
        Method::new("getblocking", "($self, /)", |_, a| Ok(Value::bool(sock(a).timeout() != 0)))
            .doc("getblocking()\n\nReturns True if socket is in blocking mode, or False if it\nis in non-blocking mode."),
        Method::raw("recv", "", transfer::recv).doc("recv(buffersize[, flags]) -> data\n\nReceive up to buffersize bytes from the socket.  For the optional flags\nargument, see the Unix manual.  When no data is available, block until\nat least one byte is available or until the remote end is closed.  When\nthe remote end is closed and all data is read, return the empty string."),
        Method::new("recv_into", "($self, buffer, nbytes=0, flags=0)", transfer::recv_into).doc("recv_into(buffer, [nbytes[, flags]]) -> nbytes_read\n\nA version of recv() that stores its data into a buffer rather than creating\na new string.  Receive up to buffersize bytes from the socket.  If buffersize\nis not specified (or 0), receive up to the size available in the given buffer."),
        Method::raw("recvfrom", "", transfer::recvfrom).doc("recvfrom(buffersize[, flags]) -> (data, address info)\n\nLike recv(buffersize, flags) but also return the sender's address info."),
        Method::new("recvfrom_into", "($self, buffer, nbytes=0, flags=0)", transfer::recvfrom_into).doc("recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)\n\nLike recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info."),
        Method::raw("recvmsg", "", super::message::recvmsg).doc("recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\nReceive normal data (up to bufsize bytes) and ancillary data from the\nsocket.  ancdata is a list of tuples (cmsg_level, cmsg_type, cmsg_data);\nmsg_flags says how the message was received."),
        Method::raw("recvmsg_into", "", super::message::recvmsg_into).doc("recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\nReceive normal data and ancillary data from the socket, scattering the\nnon-ancillary data into a series of buffers."),
        Method::raw("send", "", transfer::send).doc("send(data[, flags]) -> count\n\nSend a data string to the socket.  For the optional flags\nargument, see the Unix manual.  Return the number of bytes\nsent; this may be less than len(data) if the network is busy."),
        Method::raw("sendall", "", transfer::sendall).doc("sendall(data[, flags])\n\nSend a data string to the socket.  For the optional flags\nargument, see the Unix manual.  This calls send() repeatedly\nuntil all data is sent.  If an error occurs, it's impossible\nto tell how much data has been sent."),
        Method::raw("sendto", "", transfer::sendto).doc("sendto(data[, flags], address) -> count\n\nLike send(data, flags) but allows specifying the destination address.\nFor IP sockets, the address is a pair (hostaddr, port)."),
        Method::raw("sendmsg", "", super::message::sendmsg).doc("sendmsg(buffers[, ancdata[, flags[, address]]]) -> count\n\nSend normal and ancillary data to the socket, gathering the\nnon-ancillary data from a series of buffers and concatenating it into\na single message."),
        Method::new("sendmsg_afalg", "($self, msg=None, *, op=None, iv=None, assoclen=None, flags=0)", super::message::sendmsg_afalg).doc("sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags=MSG_MORE]]])\n\nSet operation mode, IV and length of associated data for an AF_ALG\noperation socket."),
    ],
    getset: &[
        GetSet::new("family", |_, v| Ok(Value::small_int(v.expect::<Sock>().family().into()))).doc("the socket family"),
        GetSet::new("type", |_, v| Ok(Value::small_int(v.expect::<Sock>().kind().into()))).doc("the socket type"),
        GetSet::new("proto", |_, v| Ok(Value::small_int(v.expect::<Sock>().proto().into()))).doc("the socket protocol"),
        GetSet::new("timeout", |th, v| Ok(show_timeout(th, v.expect::<Sock>().timeout()))).doc("the socket timeout"),
    ],
    doc: "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\nsocket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nOpen a socket of the given type.  The family argument specifies the\naddress family; it defaults to AF_INET.  The type argument specifies\nwhether this is a stream (SOCK_STREAM, this is the default)\nor datagram (SOCK_DGRAM) socket.  The protocol argument defaults to 0,\nspecifying the default protocol.  Keyword arguments are accepted.\nThe socket is created as non-inheritable.\n\nWhen a fileno is passed in, family, type and proto are auto-detected,\nunless they are explicitly set.",
    sig: "",
};

/// The receiver of a method.
pub(super) fn sock<'a>(a: &[Value]) -> &'a Sock {
    &a[0].expect::<Sock>().data
}

/// The receiver of a method that takes its arguments as they come, and those behind it.
pub(super) fn method(args: Args) -> (Value, Args) {
    (args.values[0], args.skip_first())
}

/// Where the interpreter keeps the timeout of new sockets.
const TIMEOUT_KEY: &str = "socket.timeout";

/// The timeout of new sockets.
pub(super) fn default_timeout(th: &Thread) -> i64 {
    let v = state(th).get_name(th, TIMEOUT_KEY);
    v.and_then(|v| v.as_i64()).unwrap_or(-1)
}

/// Sets the timeout of new sockets.
pub(super) fn set_default_timeout(th: &Thread, ns: i64) -> PyResult<()> {
    state(th).set_name(th, TIMEOUT_KEY, Value::int(th, ns))
}

/// A timeout in nanoseconds, -1 for None.
pub(super) fn parse_timeout(th: &Thread, v: Value) -> PyResult<i64> {
    let Some(v) = given(v) else { return Ok(-1) };
    let ns = seconds_to_ns(th, v, Round::Timeout)?;
    if ns < 0 {
        return Err(th.value_error("Timeout value out of range"));
    }
    Ok(ns)
}

/// A timeout as Python shows it.
pub(super) fn show_timeout(th: &Thread, ns: i64) -> Value {
    if ns < 0 {
        Value::NONE
    } else {
        Value::float(th, ns as f64 / 1e9)
    }
}

/// Sets a timeout, and whether the descriptor itself blocks.
fn set_timeout(th: &Thread, s: &Sock, ns: i64) -> PyResult<()> {
    s.timeout.store(ns, Ordering::Relaxed);
    let fd = s.fd();
    sys(th, th.blocking(|| host_fd::set_blocking(fd, ns < 0)))
}

/// Makes the object the socket of a descriptor.
fn take(th: &Thread, s: &Sock, fd: i32, family: i32, kind: i32, proto: i32) -> PyResult<()> {
    s.family.store(family, Ordering::Relaxed);
    let plain = kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC);
    s.kind.store(plain, Ordering::Relaxed);
    s.proto.store(proto, Ordering::Relaxed);
    s.fd.store(fd, Ordering::Release);
    if kind & libc::SOCK_NONBLOCK != 0 {
        s.timeout.store(0, Ordering::Relaxed);
        return Ok(());
    }
    let ns = default_timeout(th);
    s.timeout.store(ns, Ordering::Relaxed);
    if ns >= 0 {
        sys(th, host_fd::set_blocking(fd, false))?;
    }
    Ok(())
}

/// A new object for a descriptor.
pub(super) fn make(th: &Thread, fd: i32, family: i32, kind: i32, proto: i32) -> PyResult {
    let made = th.new_object(&SOCKET, Sock::blank()).value();
    take(th, sock(&[made]), fd, family, kind, proto)?;
    Ok(made)
}

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    let [family, kind, proto, fileno] = bind(th, &INIT, args)?;
    let (family, kind) = (int_or(th, family, -1)?, int_or(th, kind, -1)?);
    let proto = int_or(th, proto, -1)?;
    let [x, y, z] = [family, kind, proto].map(|n| Value::small_int(n.into()));
    th.audit("socket.__new__", &[v, x, y, z])?;
    let s = sock(&[v]);
    let Some(fileno) = given(fileno) else {
        let or = |n: i32, default: i32| if n == -1 { default } else { n };
        let family = or(family, libc::AF_INET);
        let (kind, proto) = (or(kind, libc::SOCK_STREAM), or(proto, 0));
        let fd = sys(th, th.blocking(|| host::socket(family, kind, proto)))?;
        return take(th, s, fd, family, kind, proto);
    };
    if fileno.as_float().is_some() {
        return Err(th.raise(&TYPE_ERROR, "integer argument expected, got float"));
    }
    let fd = int(th, fileno)?;
    if fd < 0 {
        return Err(th.value_error("negative file descriptor"));
    }
    let family = match host::getsockname(fd) {
        Ok(own) if family == -1 => options::family_of(fd).unwrap_or_else(|| own.family()),
        Ok(_) => family,
        // Sockets of the kernel's crypto have no name: that is no failure.
        Err(e) => match e.raw_os_error() {
            Some(libc::EBADF | libc::ENOTSOCK) => return Err(th.os_error(&e, Value::ABSENT)),
            _ if family == -1 => return Err(th.os_error(&e, Value::ABSENT)),
            _ => family,
        },
    };
    let option = |n: i32, option: i32| -> PyResult<i32> {
        if n == -1 {
            sys(th, host::getsockopt(fd, libc::SOL_SOCKET, option))
        } else {
            Ok(n)
        }
    };
    let kind = option(kind, libc::SO_TYPE)?;
    let proto = option(proto, libc::SO_PROTOCOL)?;
    take(th, s, fd, family, kind, proto)
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let s = sock(&[v]);
    let text = format!(
        "<socket object, fd={}, family={}, type={}, proto={}>",
        s.fd(),
        s.family(),
        s.kind(),
        s.proto()
    );
    Ok(Value::str(th, &text))
}

fn finalize(th: &Thread, v: Value) -> PyResult<()> {
    let s = sock(&[v]);
    if s.fd() < 0 {
        return Ok(());
    }
    let warned = ops::repr(th, v).and_then(|shown| {
        let message = format!("unclosed {}", taipan_object::names::text(shown));
        taipan_std_os::io::warn(th, &exc::RESOURCE_WARNING, &message, 1, v)
    });
    if let Err(e) = warned
        && e.is(&exc::WARNING)
    {
        th.unraisable(e, None, v);
    }
    let fd = s.fd.swap(-1, Ordering::AcqRel);
    if fd >= 0 {
        // Nobody is there to hear of a failure.
        let _ = th.blocking(|| host_fd::close(fd));
    }
    Ok(())
}

fn close(th: &Thread, a: &[Value]) -> PyResult {
    let fd = sock(a).fd.swap(-1, Ordering::AcqRel);
    if fd >= 0 {
        close_fd(th, fd)?;
    }
    Ok(Value::NONE)
}

/// Closes a descriptor; a peer that has gone is no failure.
pub(super) fn close_fd(th: &Thread, fd: i32) -> PyResult<()> {
    match th.blocking(|| host_fd::close(fd)) {
        Err(e) if e.raw_os_error() != Some(libc::ECONNRESET) => Err(th.os_error(&e, Value::ABSENT)),
        _ => Ok(()),
    }
}

fn accept(th: &Thread, a: &[Value]) -> PyResult {
    let s = sock(a);
    let (fd, from) = run(th, s, For::Reading, host::accept)?;
    let from = address::make(th, &from, s.proto()).inspect_err(|_| {
        let _ = host_fd::close(fd);
    })?;
    Value::try_tuple(th, &[Value::small_int(fd.into()), from])
}

/// Connects; one that goes on is waited for, as the timeout allows.
fn connect_to(
    th: &Thread,
    s: &Sock,
    to: &host::Address,
) -> PyResult<Result<(), super::call::Failure>> {
    let fd = s.fd();
    let timeout = s.timeout();
    let error = match th.blocking(|| host::connect(fd, to)) {
        Ok(()) => return Ok(Ok(())),
        Err(e) => e,
    };
    let wait = match error.raw_os_error() {
        Some(libc::EINTR) => {
            th.poll()?;
            timeout != 0
        }
        Some(libc::EINPROGRESS) => timeout > 0,
        _ => false,
    };
    if !wait {
        return Ok(Err(super::call::Failure::System(error)));
    }
    attempt(
        th,
        s,
        timeout,
        For::Connecting,
        |fd| match host::pending_error(fd) {
            Err(e) if e.raw_os_error() == Some(libc::EISCONN) => Ok(()),
            r => r,
        },
    )
}

/// Fails for a socket that is not of the kernel's crypto.
pub(super) fn only_crypto(th: &Thread, s: &Sock) -> PyResult<()> {
    if s.family() == libc::AF_ALG {
        Ok(())
    } else {
        Err(plain_error(th, "algset is only supported for AF_ALG"))
    }
}

/// A descriptor duplicated.
pub(super) fn dup(th: &Thread, a: &[Value]) -> PyResult {
    let fd = int(th, a[0])?;
    let new = retry(th, || host_fd::dup(fd))?;
    Ok(Value::small_int(sys(th, new)?.into()))
}

/// `close(fd)`
pub(super) fn close_number(th: &Thread, a: &[Value]) -> PyResult {
    let fd = int(th, a[0])?;
    if fd < 0 {
        return Err(os_error(th, libc::EBADF));
    }
    close_fd(th, fd)?;
    Ok(Value::NONE)
}

/// `socketpair([family[, type[, proto]]])`
pub(super) fn socketpair(th: &Thread, args: Args) -> PyResult {
    let [family, kind, proto] = positional(th, args, "socketpair", 0)?;
    let family = int_or(th, family, libc::AF_UNIX)?;
    let (kind, proto) = (int_or(th, kind, libc::SOCK_STREAM)?, int_or(th, proto, 0)?);
    let (a, b) = sys(th, th.blocking(|| host::socketpair(family, kind, proto)))?;
    let first = make(th, a, family, kind, proto).inspect_err(|_| {
        let _ = host_fd::close(b);
    })?;
    let second = make(th, b, family, kind, proto)?;
    Value::try_tuple(th, &[first, second])
}
