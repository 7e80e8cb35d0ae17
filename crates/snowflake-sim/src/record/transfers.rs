//! What is kept of stages: requests to their stores, and files in their folders.

use std::collections::BTreeMap;

use http::{Method, Uri};

use super::arrival::Arrival;
use super::stores::LocalFile;
use super::tape::Tape;
use crate::recording::{Answer, Kept, Transfer};
use crate::replay::FILE;

impl Tape {
    /// Whether a request goes to the store of a stage, and under which address it is kept.
    pub(super) fn store_address(&self, uri: &Uri) -> Option<String> {
        self.stores.own(uri).then(|| store_address(uri, &self.scrub))
    }

    pub(super) fn store_answered(&mut self, method: &Method, address: String, arrival: &Arrival) {
        if !arrival.is_outcome() {
            return;
        }
        let mut answer = arrival.as_sent(self.options.body_limit, &self.scrub);
        if self.options.filter.is_some() && arrival.size() > 0 && method == Method::GET {
            answer.body = Kept::LeftOut("the filter sees rows only".to_owned());
        } else if let Err(reason) = self.grant(arrival.size()) {
            answer.body = Kept::LeftOut(reason);
        }
        self.transferred(Transfer { method: method.to_string(), address, answers: vec![answer] });
    }

    /// Adds the answers of a transfer behind earlier ones to the same request.
    pub(super) fn transferred(&mut self, transfer: Transfer) {
        let same =
            |known: &&mut Transfer| known.method == transfer.method && known.address == transfer.address;
        match self.transfers.iter_mut().find(same) {
            Some(known) => known.answers.extend(transfer.answers),
            None => self.transfers.push(transfer),
        }
    }
}

/// Host, path and query without what is signed.
pub(crate) fn store_address(uri: &Uri, scrub: &crate::scrub::Scrub) -> String {
    scrub.url(&uri.to_string())
}

/// A file of a stage's folder as a transfer.
pub(super) fn file(file: LocalFile) -> Transfer {
    let body = match file.content {
        Ok(bytes) => Kept::Bytes(bytes.into()),
        Err(reason) => Kept::LeftOut(reason),
    };
    let answer = Answer { after_ms: 0, status: 200, headers: BTreeMap::new(), body };
    Transfer { method: FILE.to_owned(), address: file.address, answers: vec![answer] }
}

impl Transfer {
    pub(super) fn size(&self) -> usize {
        self.answers.iter().map(|answer| answer.body.size()).sum()
    }

    pub(super) fn leave_out(&mut self, reason: &str) {
        for answer in &mut self.answers {
            answer.body = Kept::LeftOut(reason.to_owned());
        }
    }
}
