//! `POST /beta/$batch`: several requests in one. JavaScript runs each request through the same steps as a request that
//! came alone.

use notifeed::http::batch::{self, Part};
use notifeed::json::Writer;
use notifeed_hub::fault::Stop;

use super::call::Call;
use super::facts::{ABSENT, Header};
use super::step::Step;

impl Call {
    pub fn batch(&self, body: Option<&[u8]>) -> Result<Step, Stop> {
        let body = self.decoded(body)?;
        let parts = batch::parse(&body, self.context.version)?;
        let mut writer = Writer::with_capacity(body.len().saturating_mul(2));
        writer.begin_array();
        for part in &parts {
            writer.begin_object();
            writer.string_field("id", &part.id);
            writer.key("after");
            writer.begin_array();
            for place in &part.after {
                writer.integer(i64::try_from(*place).unwrap_or_default());
            }
            writer.end_array();
            writer.string_field("facts", &self.facts_of(part));
            writer.string_field("body", part.body.unwrap_or_default());
            writer.end_object();
        }
        writer.end_array();
        Ok(Step::Batch(writer.finish()))
    }

    /// A request of the batch as [`Facts`](super::facts::Facts) has it. The page and the address that it comes from are
    /// the batch's, and so is the token where it has none; of the other headers it has what counts.
    fn facts_of(&self, part: &Part<'_>) -> String {
        let origin = &self.url.origin;
        let mut text = format!("{}\n{origin}{}", part.method, part.url);
        let length = part.body.map(|body| body.len().to_string());
        for header in Header::ALL {
            let own = part.headers.iter().find(|(own, _)| *own == header);
            let own = own.map(|(_, value)| value.as_str());
            let value = match header {
                Header::Origin | Header::Address => self.facts.header(header),
                Header::Authorization => own.or_else(|| self.facts.header(header)),
                Header::ContentLength => length.as_deref(),
                _ => own,
            };
            text.push('\n');
            text.push_str(value.unwrap_or(ABSENT));
        }
        text
    }
}
