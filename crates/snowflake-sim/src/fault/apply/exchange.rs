//! One exchange from its request to its answer, with everything that befalls it.

use std::time::Duration;

use bytes::Bytes;
use snowflake_transport::{Body, Delivery, Error, ErrorKind, Request, Response, Transport};
use tokio::sync::watch;

use super::super::call::Call;
use super::super::transport::Fault;
use super::super::verb::{Action, Kept};
use super::answer;

/// Applies what befalls the request, delivers it if that leaves anything to deliver, and applies what
/// befalls the answer.
///
/// Everything waits inside this future or inside the body of the answer: dropped, nothing is left of it.
pub(in super::super) async fn exchange<T: Transport>(
    fault: &Fault<T>,
    request: Request,
    call: Call,
    actions: Vec<Action>,
) -> Result<Response, Error> {
    let outcome = faulty(fault, request, &call, actions).await;
    fault.ended.send_modify(|ended| *ended = ended.wrapping_add(1));
    outcome
}

async fn faulty<T: Transport>(
    fault: &Fault<T>,
    request: Request,
    call: &Call,
    actions: Vec<Action>,
) -> Result<Response, Error> {
    for action in &actions {
        if let Some(outcome) = before(fault, call, action).await {
            return outcome;
        }
    }
    let repeated = actions.iter().find_map(|action| match action {
        Action::Duplicate(kept) => Some(*kept),
        _ => None,
    });
    let mut response = match repeated {
        None => deliver(fault, request, call).await?,
        Some(kept) => deliver_twice(fault, request, call, kept).await?,
    };
    for action in actions {
        response = after(fault, call, response, action).await?;
    }
    Ok(response)
}

/// What befalls the request; the outcome if that ends the exchange.
async fn before<T: Transport>(
    fault: &Fault<T>,
    call: &Call,
    action: &Action,
) -> Option<Result<Response, Error>> {
    match action {
        Action::Delay(by) => tokio::time::sleep(*by).await,
        Action::Reset => {
            let error = Error::reported(ErrorKind::Reset, Delivery::NotSent, "reset before sending");
            return Some(Err(error));
        }
        Action::Stall => std::future::pending().await,
        Action::Answer { code, headers, body } => return Some(answer::made(*code, headers, body)),
        Action::Redirect { code, location } => {
            let headers = [("location".to_owned(), location.clone())];
            return Some(answer::made(*code, &headers, &Bytes::new()));
        }
        Action::ExpireSession(how) => fault.memory(|memory| memory.expire_session(call, *how)),
        Action::ExpireMaster => fault.memory(|memory| memory.expire_masters()),
        Action::ExpireParts => fault.memory(|memory| memory.expire_parts()),
        Action::ExpireStageCreds => fault.memory(|memory| memory.expire_stage_creds()),
        Action::ForgetResult => fault.memory(|memory| memory.forget_results()),
        _ => {}
    }
    None
}

/// Passes a request on, unless it asks with or for something that has expired.
async fn deliver<T: Transport>(fault: &Fault<T>, request: Request, call: &Call) -> Result<Response, Error> {
    if let Some(refusal) = fault.memory(|memory| memory.refuse(call)) {
        return Ok(refusal);
    }
    let response = fault.inner.send(request).await?;
    if !response.status().is_success() || !fault.memory(|memory| memory.wants_answer(call)) {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let body = body.collect(usize::MAX).await?;
    fault.memory(|memory| memory.learn(call, &body));
    Ok(Response::from_parts(head, body.into()))
}

async fn deliver_twice<T: Transport>(
    fault: &Fault<T>,
    request: Request,
    call: &Call,
    kept: Kept,
) -> Result<Response, Error> {
    let (head, body) = request.into_parts();
    let body = body.collect(usize::MAX).await?;
    let again = Request::from_parts(head.clone(), body.clone().into());
    let first = whole(deliver(fault, Request::from_parts(head, body.into()), call).await).await;
    let second = whole(deliver(fault, again, call).await).await;
    match kept {
        Kept::First => first,
        Kept::Second => second,
    }
}

/// An answer that has arrived, so that the service is done with its request.
async fn whole(outcome: Result<Response, Error>) -> Result<Response, Error> {
    let (head, body) = outcome?.into_parts();
    Ok(Response::from_parts(head, Body::from(body.collect(usize::MAX).await?)))
}

/// What befalls the answer.
async fn after<T: Transport>(
    fault: &Fault<T>,
    call: &Call,
    response: Response,
    action: Action,
) -> Result<Response, Error> {
    match action {
        Action::LoseResponse => {
            whole(Ok(response)).await?;
            Err(Error::reported(ErrorKind::Reset, Delivery::MaybeSent, "the answer was lost"))
        }
        Action::Silence => {
            whole(Ok(response)).await?;
            std::future::pending().await
        }
        Action::Reorder { others, at_most } => {
            let response = whole(Ok(response)).await?;
            overtaken(fault.ended.subscribe(), others, at_most).await;
            Ok(response)
        }
        Action::ClockSkew { seconds } => Ok(answer::skewed(response, seconds, fault.clock.as_ref())),
        action => answer::damaged(response, action, &call.options).await,
    }
}

/// Waits until other exchanges have ended, or long enough.
async fn overtaken(mut ended: watch::Receiver<u64>, others: u64, at_most: Duration) {
    let held_at = *ended.borrow();
    let enough = ended.wait_for(|ended| ended.wrapping_sub(held_at) >= others);
    // Whether enough others came or the time is over, the answer goes its way.
    let _waited = tokio::time::timeout(at_most, enough).await;
}
