use super::*;
use crate::{fd, poll};
use std::io::{IoSlice, IoSliceMut};
use std::time::Duration;

fn close(fds: &[Fd]) {
    for fd in fds {
        fd::close(*fd).unwrap();
    }
}

#[test]
fn a_connection_carries_bytes() {
    let server = socket(libc::AF_INET, libc::SOCK_STREAM, 0).unwrap();
    setsockopt(server, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1).unwrap();
    assert_eq!(
        getsockopt(server, libc::SOL_SOCKET, libc::SO_REUSEADDR).unwrap(),
        1
    );
    bind(
        server,
        &Address::Inet {
            ip: [127, 0, 0, 1],
            port: 0,
        },
    )
    .unwrap();
    listen(server, 5).unwrap();
    let address = getsockname(server).unwrap();
    let client = socket(libc::AF_INET, libc::SOCK_STREAM, 0).unwrap();
    connect(client, &address).unwrap();
    let (peer, from) = accept(server).unwrap();
    assert_eq!(from, getsockname(client).unwrap());
    assert_eq!(getpeername(client).unwrap(), address);
    assert_eq!(send(client, b"hello", 0).unwrap(), 5);
    assert_eq!(recv_new(peer, 100, 0).unwrap(), b"hello");
    shutdown(client, libc::SHUT_WR).unwrap();
    assert_eq!(recv_new(peer, 100, 0).unwrap(), b"");
    pending_error(client).unwrap();
    close(&[peer, client]);
    // Nobody listens any more.
    close(&[server]);
    let client = socket(libc::AF_INET, libc::SOCK_STREAM, 0).unwrap();
    assert_eq!(
        connect(client, &address).unwrap_err().raw_os_error(),
        Some(libc::ECONNREFUSED)
    );
    close(&[client]);
}

#[test]
fn datagrams_know_their_sender() {
    let make = || {
        let fd = socket(libc::AF_INET, libc::SOCK_DGRAM, 0).unwrap();
        bind(
            fd,
            &Address::Inet {
                ip: [127, 0, 0, 1],
                port: 0,
            },
        )
        .unwrap();
        fd
    };
    let (a, b) = (make(), make());
    sendto(a, b"x", 0, &getsockname(b).unwrap()).unwrap();
    let mut buffer = [0; 10];
    assert_eq!(
        recvfrom(b, &mut buffer, 0).unwrap(),
        (1, getsockname(a).unwrap())
    );
    close(&[a, b]);
}

#[test]
fn descriptors_travel() {
    let (a, b) = socketpair(libc::AF_UNIX, libc::SOCK_STREAM, 0).unwrap();
    let (r, w) = fd::pipe(libc::O_CLOEXEC).unwrap();
    let gift = Ancillary {
        level: libc::SOL_SOCKET,
        kind: libc::SCM_RIGHTS,
        data: w.to_ne_bytes().to_vec(),
    };
    sendmsg(
        a,
        &[IoSlice::new(b"take"), IoSlice::new(b" it")],
        &[gift],
        0,
        None,
    )
    .unwrap();
    let mut buffer = [0; 10];
    let room = cmsg_space(4).unwrap();
    let flags = libc::MSG_CMSG_CLOEXEC;
    let got = recvmsg(b, &mut [IoSliceMut::new(&mut buffer)], room, flags).unwrap();
    assert_eq!(
        (got.len, &buffer[..7], got.ancillary.len()),
        (7, &b"take it"[..], 1)
    );
    let copy = Fd::from_ne_bytes(got.ancillary[0].data[..].try_into().unwrap());
    assert_ne!(copy, w);
    fd::write(copy, b"through").unwrap();
    assert_eq!(fd::read_new(r, 10).unwrap(), b"through");
    close(&[a, b, r, w, copy]);
    assert_eq!(cmsg_space(usize::MAX), None);
}

#[test]
fn abstract_and_too_long_names() {
    let fd = socket(libc::AF_UNIX, libc::SOCK_DGRAM, 0).unwrap();
    assert_eq!(getsockname(fd).unwrap(), Address::Unix(vec![]));
    let name = format!("\0taipan-{}", std::process::id()).into_bytes();
    bind(fd, &Address::Unix(name.clone())).unwrap();
    assert_eq!(getsockname(fd).unwrap(), Address::Unix(name));
    assert!(bind(fd, &Address::Unix(vec![b'x'; 108])).is_err());
    close(&[fd]);
}

#[test]
fn every_family_goes_round() {
    let addresses = [
        Address::Inet {
            ip: [1, 2, 3, 4],
            port: 5,
        },
        Address::Inet6 {
            ip: [7; 16],
            port: 8,
            flowinfo: 9,
            scope_id: 10,
        },
        Address::Unix(b"/tmp/x".to_vec()),
        Address::Netlink { pid: 1, groups: 2 },
        Address::Packet {
            protocol: 8,
            ifindex: 2,
            pkttype: 1,
            hatype: 3,
            hardware: vec![1, 2, 3],
        },
        Address::Vsock { cid: 2, port: 3 },
        Address::Can {
            ifindex: 4,
            protocol: [7; 16],
        },
        Address::Qrtr { node: 1, port: 2 },
        Address::Other {
            family: 99,
            data: vec![1, 2, 3],
        },
        Address::None,
    ];
    for address in addresses {
        assert_eq!(Address::from_raw(&address.to_raw().unwrap()), address);
    }
}

#[test]
fn names_resolve() {
    let hints = Hints {
        kind: libc::SOCK_STREAM,
        flags: libc::AI_NUMERICHOST,
        ..Hints::default()
    };
    let found = getaddrinfo(Some(c"127.0.0.1"), Some(c"80"), hints).unwrap();
    assert_eq!(
        found[0].address,
        Address::Inet {
            ip: [127, 0, 0, 1],
            port: 80
        }
    );
    assert!(matches!(
        getaddrinfo(Some(c"no.such.name"), None, hints),
        Err(ResolveError::Code(libc::EAI_NONAME))
    ));
    let flags = libc::NI_NUMERICHOST | libc::NI_NUMERICSERV;
    assert_eq!(
        getnameinfo(&found[0].address, flags).unwrap(),
        (b"127.0.0.1".to_vec(), b"80".to_vec())
    );
    assert!(!resolve_message(libc::EAI_NONAME).is_empty());
    assert_eq!(
        gethostbyname(c"127.0.0.1").unwrap().addresses,
        [[127, 0, 0, 1]]
    );
    assert_eq!(inet_aton_lenient(c"127.1"), Some([127, 0, 0, 1]));
    assert_eq!(inet_aton_lenient(c"x"), None);
    assert_eq!(inet_ntop(libc::AF_INET6, &[0; 16]).unwrap().unwrap(), "::");
    assert_eq!(inet_pton(libc::AF_INET, "1.2.3").unwrap(), None);
    assert!(inet_pton(99, "").is_err());
}

#[test]
fn the_loopback_has_a_number() {
    let all = if_nameindex().unwrap();
    let lo = all
        .iter()
        .find(|interface| interface.name == b"lo")
        .unwrap();
    assert_eq!(if_nametoindex(c"lo").unwrap(), lo.index);
    assert_eq!(if_indextoname(lo.index).unwrap(), b"lo");
}

#[test]
fn waiting_for_a_socket() {
    let (a, b) = socketpair(libc::AF_UNIX, libc::SOCK_STREAM, 0).unwrap();
    assert!(!poll::wait_for(b, libc::POLLIN, Some(Duration::ZERO)).unwrap());
    send(a, b"x", 0).unwrap();
    assert!(poll::wait_for(b, libc::POLLIN, None).unwrap());
    close(&[a]);
    assert_eq!(recv_new(b, 5, 0).unwrap(), b"x");
    // The peer is gone: an error, not a signal.
    assert_eq!(
        send(b, b"x", 0).unwrap_err().raw_os_error(),
        Some(libc::EPIPE)
    );
    close(&[b]);
}
