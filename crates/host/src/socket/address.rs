//! Socket addresses of the families that programs meet, and the rest as bytes.

use crate::check::error;
use std::io;
use std::mem::{MaybeUninit, offset_of};

/// A socket's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// None: an unconnected or unnamed peer.
    None,
    Inet {
        ip: [u8; 4],
        port: u16,
    },
    Inet6 {
        ip: [u8; 16],
        port: u16,
        flowinfo: u32,
        scope_id: u32,
    },
    /// A path; empty for an unnamed socket. A first byte of 0 means an abstract name.
    Unix(Vec<u8>),
    Netlink {
        pid: u32,
        groups: u32,
    },
    /// `protocol` in host order.
    Packet {
        protocol: u16,
        ifindex: i32,
        pkttype: u8,
        hatype: u16,
        hardware: Vec<u8>,
    },
    Vsock {
        cid: u32,
        port: u32,
    },
    /// A CAN interface, 0 for all, and what the protocol adds (two identifiers, or a name and numbers).
    Can {
        ifindex: i32,
        protocol: [u8; CAN_PROTOCOL],
    },
    Qrtr {
        node: u32,
        port: u32,
    },
    /// The kernel's crypto: type, name, and two numbers.
    Alg {
        kind: Vec<u8>,
        name: Vec<u8>,
        feature: u32,
        mask: u32,
    },
    /// Any other family, with the bytes behind the family.
    Other {
        family: u16,
        data: Vec<u8>,
    },
}

/// An address as the kernel takes it.
pub(super) struct Raw {
    storage: libc::sockaddr_storage,
    len: libc::socklen_t,
}

/// `sockaddr_qrtr`, which the bindings lack.
#[repr(C)]
struct SockaddrQrtr {
    family: libc::sa_family_t,
    node: u32,
    port: u32,
}

const SIZE: usize = size_of::<libc::sockaddr_storage>();
const FAMILY: usize = size_of::<libc::sa_family_t>();

impl Raw {
    pub fn empty() -> Self {
        Self {
            // SAFETY: zero bytes are a valid value of this plain struct.
            storage: unsafe { MaybeUninit::zeroed().assume_init() },
            len: 0,
        }
    }

    pub fn as_ptr(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }

    pub fn len(&self) -> libc::socklen_t {
        self.len
    }

    /// Has `call` fill in an address.
    pub fn receive<R>(
        &mut self,
        call: impl FnOnce(*mut libc::sockaddr, *mut libc::socklen_t) -> io::Result<R>,
    ) -> io::Result<R> {
        self.len = SIZE as libc::socklen_t;
        let result = call((&raw mut self.storage).cast(), &raw mut self.len)?;
        // The kernel tells the true length even if it had to cut.
        self.len = self.len.min(SIZE as libc::socklen_t);
        Ok(result)
    }

    /// The address at `pointer`.
    ///
    /// # Safety
    /// `len` bytes are readable there.
    pub unsafe fn copy(pointer: *const libc::sockaddr, len: usize) -> Self {
        let mut raw = Self::empty();
        let len = len.min(SIZE);
        if !pointer.is_null() {
            // SAFETY: readable there by the caller's promise, room here.
            unsafe {
                std::ptr::copy_nonoverlapping(
                    pointer.cast::<u8>(),
                    raw.bytes_mut().as_mut_ptr(),
                    len,
                )
            };
            raw.len = len as libc::socklen_t;
        }
        raw
    }

    fn bytes(&self) -> &[u8; SIZE] {
        // SAFETY: a plain struct of the same size, all of whose bytes are initialised.
        unsafe { &*(&raw const self.storage).cast() }
    }

    fn bytes_mut(&mut self) -> &mut [u8; SIZE] {
        // SAFETY: a plain struct of the same size, for which all bytes are valid.
        unsafe { &mut *(&raw mut self.storage).cast() }
    }

    fn from_struct<T: Copy>(value: T, len: usize) -> Self {
        const { assert!(size_of::<T>() <= SIZE) };
        let mut raw = Self::empty();
        // SAFETY: it fits, and the storage is aligned for every kind of address.
        unsafe { (&raw mut raw.storage).cast::<T>().write(value) };
        raw.len = len as libc::socklen_t;
        raw
    }

    fn as_struct<T: Copy>(&self) -> T {
        const { assert!(size_of::<T>() <= SIZE) };
        // SAFETY: it fits; address structs are plain numbers, valid for all bytes.
        unsafe { (&raw const self.storage).cast::<T>().read() }
    }
}

/// An address struct with all bytes zero.
fn zeroed<T: Copy>() -> T {
    // SAFETY: used for address structs only, which are plain numbers.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

impl Copy for SockaddrQrtr {}
impl Clone for SockaddrQrtr {
    fn clone(&self) -> Self {
        *self
    }
}

impl Address {
    /// The family's number.
    pub fn family(&self) -> i32 {
        match self {
            Self::None => libc::AF_UNSPEC,
            Self::Inet { .. } => libc::AF_INET,
            Self::Inet6 { .. } => libc::AF_INET6,
            Self::Unix(_) => libc::AF_UNIX,
            Self::Netlink { .. } => libc::AF_NETLINK,
            Self::Packet { .. } => libc::AF_PACKET,
            Self::Vsock { .. } => libc::AF_VSOCK,
            Self::Can { .. } => libc::AF_CAN,
            Self::Qrtr { .. } => AF_QIPCRTR,
            Self::Alg { .. } => libc::AF_ALG,
            Self::Other { family, .. } => i32::from(*family),
        }
    }

    /// The longest path of a Unix socket.
    pub const UNIX_PATH_MAX: usize = 108;

    pub(super) fn to_raw(&self) -> io::Result<Raw> {
        let family = self.family() as libc::sa_family_t;
        let raw = match self {
            Self::None => Raw::from_struct(family, FAMILY),
            Self::Inet { ip, port } => {
                let mut s: libc::sockaddr_in = zeroed();
                s.sin_family = family;
                s.sin_port = port.to_be();
                s.sin_addr.s_addr = u32::from_ne_bytes(*ip);
                Raw::from_struct(s, size_of_val(&s))
            }
            Self::Inet6 {
                ip,
                port,
                flowinfo,
                scope_id,
            } => {
                let mut s: libc::sockaddr_in6 = zeroed();
                s.sin6_family = family;
                s.sin6_port = port.to_be();
                s.sin6_flowinfo = flowinfo.to_be();
                s.sin6_scope_id = *scope_id;
                s.sin6_addr.s6_addr = *ip;
                Raw::from_struct(s, size_of_val(&s))
            }
            Self::Unix(path) => return unix_raw(family, path),
            Self::Netlink { pid, groups } => {
                let mut s: libc::sockaddr_nl = zeroed();
                s.nl_family = family;
                s.nl_pid = *pid;
                s.nl_groups = *groups;
                Raw::from_struct(s, size_of_val(&s))
            }
            Self::Packet {
                protocol,
                ifindex,
                pkttype,
                hatype,
                hardware,
            } => {
                let mut s: libc::sockaddr_ll = zeroed();
                if hardware.len() > s.sll_addr.len() {
                    return error(libc::EINVAL);
                }
                s.sll_family = family;
                s.sll_protocol = protocol.to_be();
                s.sll_ifindex = *ifindex;
                s.sll_pkttype = *pkttype;
                s.sll_hatype = *hatype;
                s.sll_halen = hardware.len() as u8;
                s.sll_addr[..hardware.len()].copy_from_slice(hardware);
                Raw::from_struct(s, size_of_val(&s))
            }
            Self::Vsock { cid, port } => {
                let mut s: libc::sockaddr_vm = zeroed();
                s.svm_family = family;
                s.svm_cid = *cid;
                s.svm_port = *port;
                Raw::from_struct(s, size_of_val(&s))
            }
            Self::Can { ifindex, protocol } => {
                let mut s: libc::sockaddr_can = zeroed();
                s.can_family = family;
                s.can_ifindex = *ifindex;
                let mut raw = Raw::from_struct(s, CAN_END);
                raw.bytes_mut()[CAN_END - CAN_PROTOCOL..CAN_END].copy_from_slice(protocol);
                raw
            }
            Self::Qrtr { node, port } => {
                let s = SockaddrQrtr {
                    family,
                    node: *node,
                    port: *port,
                };
                Raw::from_struct(s, size_of_val(&s))
            }
            Self::Alg {
                kind,
                name,
                feature,
                mask,
            } => {
                let mut s: libc::sockaddr_alg = zeroed();
                // Both are terminated.
                if kind.len() >= s.salg_type.len() || name.len() >= s.salg_name.len() {
                    return error(libc::EINVAL);
                }
                s.salg_family = family;
                s.salg_feat = *feature;
                s.salg_mask = *mask;
                s.salg_type[..kind.len()].copy_from_slice(kind);
                s.salg_name[..name.len()].copy_from_slice(name);
                Raw::from_struct(s, size_of_val(&s))
            }
            Self::Other { data, .. } => {
                if data.len() > SIZE - FAMILY {
                    return error(libc::EINVAL);
                }
                let mut raw = Raw::from_struct(family, FAMILY + data.len());
                raw.bytes_mut()[FAMILY..FAMILY + data.len()].copy_from_slice(data);
                raw
            }
        };
        Ok(raw)
    }

    pub(super) fn from_raw(raw: &Raw) -> Self {
        let len = raw.len as usize;
        if len < FAMILY {
            return Self::None;
        }
        let holds = |size: usize| len >= size;
        match i32::from(raw.storage.ss_family) {
            libc::AF_INET if holds(size_of::<libc::sockaddr_in>()) => {
                let s: libc::sockaddr_in = raw.as_struct();
                Self::Inet {
                    ip: s.sin_addr.s_addr.to_ne_bytes(),
                    port: u16::from_be(s.sin_port),
                }
            }
            libc::AF_INET6 if holds(size_of::<libc::sockaddr_in6>()) => {
                let s: libc::sockaddr_in6 = raw.as_struct();
                Self::Inet6 {
                    ip: s.sin6_addr.s6_addr,
                    port: u16::from_be(s.sin6_port),
                    flowinfo: u32::from_be(s.sin6_flowinfo),
                    scope_id: s.sin6_scope_id,
                }
            }
            libc::AF_UNIX => Self::Unix(unix_path(raw, len)),
            libc::AF_NETLINK => {
                let s: libc::sockaddr_nl = raw.as_struct();
                Self::Netlink {
                    pid: s.nl_pid,
                    groups: s.nl_groups,
                }
            }
            libc::AF_PACKET => {
                let s: libc::sockaddr_ll = raw.as_struct();
                let n = usize::from(s.sll_halen).min(s.sll_addr.len());
                Self::Packet {
                    protocol: u16::from_be(s.sll_protocol),
                    ifindex: s.sll_ifindex,
                    pkttype: s.sll_pkttype,
                    hatype: s.sll_hatype,
                    hardware: s.sll_addr[..n].to_vec(),
                }
            }
            libc::AF_VSOCK => {
                let s: libc::sockaddr_vm = raw.as_struct();
                Self::Vsock {
                    cid: s.svm_cid,
                    port: s.svm_port,
                }
            }
            libc::AF_CAN => {
                let s: libc::sockaddr_can = raw.as_struct();
                let mut protocol = [0; CAN_PROTOCOL];
                protocol.copy_from_slice(&raw.bytes()[CAN_END - CAN_PROTOCOL..CAN_END]);
                Self::Can {
                    ifindex: s.can_ifindex,
                    protocol,
                }
            }
            AF_QIPCRTR => {
                let s: SockaddrQrtr = raw.as_struct();
                Self::Qrtr {
                    node: s.node,
                    port: s.port,
                }
            }
            libc::AF_UNSPEC if len == FAMILY => Self::None,
            _ => Self::Other {
                family: raw.storage.ss_family,
                data: raw.bytes()[FAMILY..len].to_vec(),
            },
        }
    }
}

/// Bytes of a CAN address that depend on the protocol, and the end of the whole.
const CAN_PROTOCOL: usize = 16;
const CAN_END: usize = 24;
const _: () = assert!(size_of::<libc::sockaddr_can>() == CAN_END);

const AF_QIPCRTR: i32 = 42;
const PATH: usize = offset_of!(libc::sockaddr_un, sun_path);

fn unix_raw(family: libc::sa_family_t, path: &[u8]) -> io::Result<Raw> {
    // A path is terminated, an abstract name is not; an empty one asks the kernel for a name.
    let is_path = path.first().is_some_and(|byte| *byte != 0);
    let room = if is_path {
        Address::UNIX_PATH_MAX - 1
    } else {
        Address::UNIX_PATH_MAX
    };
    if path.len() > room {
        return error(libc::ENAMETOOLONG);
    }
    let len = if path.is_empty() {
        FAMILY
    } else {
        PATH + path.len() + usize::from(is_path)
    };
    let mut raw = Raw::from_struct(family, len);
    raw.bytes_mut()[PATH..PATH + path.len()].copy_from_slice(path);
    Ok(raw)
}

fn unix_path(raw: &Raw, len: usize) -> Vec<u8> {
    let path = raw.bytes().get(PATH..len).unwrap_or(&[]);
    match path.first() {
        None | Some(0) => path.to_vec(),
        Some(_) => {
            let end = path
                .iter()
                .position(|byte| *byte == 0)
                .unwrap_or(path.len());
            path[..end].to_vec()
        }
    }
}
