//! The checks of a request, one after the other in the contract's order, up to the operation itself.

use notifeed::credentials::Principal;
use notifeed::error::{Problem, problems};
use notifeed::feed::mark_all::Marking;
use notifeed::http::endpoint::{Body, Callers};
use notifeed::http::order::{Check, ORDER};
use notifeed::http::{Method, Operation, OperationId, Reply};
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::Command;

use super::call::Call;
use super::development;
use super::facts::Header;
use super::step::Step;

impl Call {
    /// Goes on with the checks, up to the next step.
    pub fn go_on(&mut self) -> Result<Step, Stop> {
        for check in ORDER.into_iter().skip(self.checked) {
            self.checked = self.checked.saturating_add(1);
            if let Some(step) = self.check(check)? {
                return Ok(step);
            }
        }
        self.carry_out(None)
    }

    /// Makes a check; `None`: it is passed, and the next one comes.
    fn check(&mut self, check: Check) -> Result<Option<Step>, Stop> {
        let endpoint = self.endpoint.ok_or_else(problems::no_such_path)?;
        let Some(operation) = self.operation else {
            return match check {
                Check::Path => Ok(None),
                _ if Method::parse(self.facts.method()) == Some(Method::Options) => {
                    let reply = Reply::preflight(&endpoint.allow(), &self.context);
                    Ok(Some(Step::Reply(reply)))
                }
                _ => Err(problems::method_not_allowed(endpoint.allow()).into()),
            };
        };
        match check {
            Check::Path | Check::Method => {}
            Check::Upgrade if operation.id == OperationId::Connect => self.upgrade()?,
            Check::Page => self.page(operation.id)?,
            Check::Token if operation.needs_token() => return self.token(operation.id),
            Check::Limit => {
                self.counted =
                    operation.needs_token() || operation.id == OperationId::ReturnReceipt;
            }
            Check::Headers if has_headers(operation) => self.encoding = self.body_headers()?,
            Check::SubscriptionId if operation.id == OperationId::PostNotification => {
                self.subscription_header()?;
            }
            Check::Caller if operation.needs_token() => self.may_call(operation)?,
            Check::Size if operation.body.is_some() => return self.want_body().map(Some),
            // The remaining checks are in the operation's own code.
            _ => {}
        }
        Ok(None)
    }

    fn token(&mut self, operation: OperationId) -> Result<Option<Step>, Stop> {
        if operation == OperationId::Crash && development::crashes_in_credentials(self)? {
            return Ok(Some(Step::Prove));
        }
        Ok((!self.is_proven()?).then_some(Step::Prove))
    }

    /// 400: an app-only token doesn't name the user to notify. A delegated one does (D3).
    fn subscription_header(&self) -> Result<(), Stop> {
        let is_app = self.caller()?.caller.principal == Principal::App;
        let header = self.facts.header(Header::SubscriptionId);
        if is_app && header.is_none_or(|text| text.trim().is_empty()) {
            return Err(problems::no_subscription_id().into());
        }
        Ok(())
    }

    fn may_call(&mut self, operation: &Operation) -> Result<(), Stop> {
        let proof = self.caller()?;
        match operation.callers {
            Callers::Anyone | Callers::Bearer => {}
            Callers::UserOrApp => {
                self.subscription = self.subscription(operation.id.serves_after_end())?;
                self.user(&proof.caller)?;
            }
            Callers::User => {
                self.signed_in_user(&proof.caller)?;
            }
        }
        Ok(())
    }

    /// Waits for the body, unless it says itself that it is too large.
    fn want_body(&mut self) -> Result<Step, Stop> {
        let declared = self.facts.header(Header::ContentLength);
        match declared.and_then(|length| length.parse::<usize>().ok()) {
            Some(length) if length > self.body_limit().transferred() => self.carry_out(None),
            declared => Ok(Step::Body {
                declared: declared.is_some(),
            }),
        }
    }

    /// Carries the operation out. `body`: `None` where it has none, or where it is too large to be read.
    pub fn carry_out(&mut self, body: Option<&[u8]>) -> Result<Step, Stop> {
        let operation = self.operation.ok_or_else(problems::no_such_path)?;
        match operation.id {
            OperationId::PostNotification => self.post_notification(body),
            OperationId::ListNotifications => self.list(),
            OperationId::CountNotifications => self.count(),
            OperationId::ReadChanges => self.delta(),
            OperationId::ListEndpoints => self.endpoints(),
            OperationId::MarkAllRead => self.mark_all(Marking::Read, body),
            OperationId::MarkAllSeen => self.mark_all(Marking::Seen, body),
            OperationId::GetNotification => self.get_notification(),
            OperationId::UpdateNotification => self.update_notification(body),
            OperationId::DeleteNotification => self.delete_notification(),
            OperationId::Subscribe => self.subscribe(body),
            OperationId::ListSubscriptions => self.subscriptions(Command::Subscriptions),
            OperationId::EndSubscriptions => self.subscriptions(Command::UnsubscribeAll),
            OperationId::EndSubscription => {
                self.subscriptions(Command::Unsubscribe(self.id.clone()))
            }
            OperationId::ReadApplicationServerKey => self.application_server_key(),
            OperationId::ReturnReceipt => self.return_receipt(body),
            OperationId::ExportPersonalData => self.personal_data(false),
            OperationId::ErasePersonalData => self.personal_data(true),
            OperationId::Connect => self.connect(),
            OperationId::Acknowledge => self.acknowledge(body),
            OperationId::Batch => self.batch(body),
            OperationId::ReadMetadata => Ok(Step::Reply(Reply::metadata())),
            OperationId::IssueDevelopmentToken => self.token_for(body),
            OperationId::ListCopies => self.copies(),
            OperationId::Crash => self.crash_in_feed(),
        }
    }

    /// 403 for a page of an origin that may not do this.
    fn page(&self, operation: OperationId) -> Result<(), Problem> {
        match operation {
            OperationId::Connect => self.may_connect(),
            OperationId::IssueDevelopmentToken => self.may_have_token(),
            _ => Ok(()),
        }
    }
}

/// Whether the headers of the body are judged: not those of a page that asks for a development token.
fn has_headers(operation: &Operation) -> bool {
    operation.body.is_some_and(|body| body != Body::TokenHolder)
}
