//! Addresses of Bluetooth sockets, whose form depends on the protocol.

use super::address::plain_error;
use taipan_host::socket::Address;
use taipan_object::{PyResult, Raised, Thread, Value, ops};
use taipan_std_os::args::mask;

const L2CAP: i32 = 0;
const HCI: i32 = 1;
const SCO: i32 = 2;
const RFCOMM: i32 = 3;
/// The kind of an address that is not of a low-energy device.
const BREDR: u8 = 0;
/// The channel that an HCI address without one has.
const RAW_CHANNEL: u16 = 0;

/// A device's address as the kernel has it: last part first.
fn device(text: &[u8]) -> Option<[u8; 6]> {
    let text = std::str::from_utf8(text).ok()?;
    let mut parts = text.split(':');
    let mut bytes = [0; 6];
    for byte in bytes.iter_mut().rev() {
        let part = parts.next()?;
        let digits = part.len() <= 2 && part.bytes().all(|b| b.is_ascii_hexdigit());
        *byte = digits
            .then(|| u8::from_str_radix(part, 16).ok())
            .flatten()?;
    }
    parts.next().is_none().then_some(bytes)
}

fn device_text(bytes: &[u8]) -> String {
    let parts: Vec<_> = bytes.iter().rev().map(|b| format!("{b:02X}")).collect();
    parts.join(":")
}

/// An address argument.
pub(super) fn parse(th: &Thread, proto: i32, v: Value, caller: &str) -> PyResult<Address> {
    let wrong = || plain_error(th, format!("{caller}(): wrong format"));
    let named = |v: Value| -> PyResult<[u8; 6]> {
        let text = v.as_wtf8().ok_or_else(wrong)?;
        device(text.as_bytes()).ok_or_else(|| bad_address(th))
    };
    // Numbers are cut to their width; what is none makes the whole of a wrong form.
    let number = |v: Value| -> PyResult<u16> {
        let n = ops::index(th, v).map_err(|_| wrong())?;
        Ok(mask(n) as u16)
    };
    let items = v.as_tuple();
    let data = match (proto, items) {
        (L2CAP, Some([name, psm, rest @ ..])) if rest.len() <= 2 => {
            let name = named(*name)?;
            let cid = rest.first().map_or(Ok(0), |v| number(*v))?;
            let kind = rest.get(1).map_or(Ok(0), |v| number(*v))? as u8;
            let mut data = number(*psm)?.to_le_bytes().to_vec();
            data.extend_from_slice(&name);
            data.extend_from_slice(&cid.to_le_bytes());
            data.extend_from_slice(&[kind, 0]);
            data
        }
        (RFCOMM, Some([name, channel])) => {
            let mut data = named(*name)?.to_vec();
            data.extend_from_slice(&[number(*channel)? as u8, 0]);
            data
        }
        (HCI, items) => {
            let (id, channel) = match items {
                None => (v, RAW_CHANNEL),
                Some([id]) => (*id, RAW_CHANNEL),
                Some([id, channel]) => (*id, number(*channel)?),
                Some(_) => return Err(wrong()),
            };
            let mut data = number(id)?.to_ne_bytes().to_vec();
            data.extend_from_slice(&channel.to_ne_bytes());
            data
        }
        (SCO, None) => match v.as_bytes() {
            Some(b) => device(b).ok_or_else(|| bad_address(th))?.to_vec(),
            None => named(v)?.to_vec(),
        },
        (L2CAP | RFCOMM | SCO, _) => return Err(wrong()),
        _ => {
            return Err(plain_error(
                th,
                format!("{caller}(): unknown Bluetooth protocol"),
            ));
        }
    };
    Ok(Address::Other {
        family: libc::AF_BLUETOOTH as u16,
        data,
    })
}

fn bad_address(th: &Thread) -> Raised {
    plain_error(th, "bad bluetooth address")
}

/// An address as Python shows it: what stands behind the family.
pub(super) fn make(th: &Thread, proto: i32, data: &[u8]) -> PyResult {
    let mut d = data.to_vec();
    d.resize(12, 0);
    let n = |n: u16| Value::small_int(n.into());
    let little = |at: usize| u16::from_le_bytes([d[at], d[at + 1]]);
    let text = |bytes: &[u8]| Value::str(th, &device_text(bytes));
    match proto {
        L2CAP => {
            let (name, psm, cid, kind) = (text(&d[2..8]), little(0), little(8), d[10]);
            let all = [name, n(psm), n(cid), n(kind.into())];
            let shown = match (kind, cid) {
                (BREDR, 0) => 2,
                (BREDR, _) => 3,
                _ => 4,
            };
            Value::try_tuple(th, &all[..shown])
        }
        RFCOMM => Value::try_tuple(th, &[text(&d[..6]), n(d[6].into())]),
        HCI => match (little(0), little(2)) {
            (id, RAW_CHANNEL) => Ok(n(id)),
            (id, channel) => Value::try_tuple(th, &[n(id), n(channel)]),
        },
        SCO => Ok(text(&d[..6])),
        _ => Err(th.value_error("Unknown Bluetooth protocol")),
    }
}
