//! The port of leases: where several processes could do the same work, one does it at a time. A lease only saves work;
//! whatever is done twice is right all the same.

use async_trait::async_trait;
use ticketon_core::ids::SaleId;

/// Work that one process at a time does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// Ticking the waiting room of a sale.
    Dispatcher(SaleId),
}

/// Who does what.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes or keeps a lease for [`LEASE_LASTS`](crate::limits::LEASE_LASTS); says whether this process has it.
    async fn hold(&self, lease: Lease) -> bool;
}

/// The only process has every lease.
#[derive(Debug, Clone, Copy, Default)]
pub struct Alone;

impl Lease {
    /// Its name, where it is written down.
    pub fn name(self) -> String {
        match self {
            Self::Dispatcher(sale) => format!("dispatcher/{sale}"),
        }
    }
}

#[async_trait]
impl Leases for Alone {
    async fn hold(&self, _: Lease) -> bool {
        true
    }
}
