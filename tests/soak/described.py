"""A device and a sender, by the client that is generated from the service's description.

described.py URL HOST USER-TOKEN APP-TOKEN
"""

import json
import sys
from typing import TypeVar

from notifeed_client import AuthenticatedClient
from notifeed_client.api.default import list_notifications, post_notification, subscribe, update_notification
from notifeed_client.models import ErrorAnswer, NotificationRequest, Received, States, SubscriptionRequest
from notifeed_client.models.read_state import ReadState

url, host, user, app = sys.argv[1:]
T = TypeVar("T")


def answered(answer: T | ErrorAnswer | None) -> T:
    """The data of an answer; a refusal ends the program."""
    if answer is None or isinstance(answer, ErrorAnswer):
        sys.exit(f"refused: {answer}")
    return answer


def client(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=f"{url}/beta", token=token, raise_on_unexpected_status=True)


def notification(host: str) -> NotificationRequest:
    return NotificationRequest.from_dict(
        {"targetHostName": host, "payload": {"visualContent": {"title": "Generated"}}}
    )


device = client(user)
request = SubscriptionRequest.from_dict({"targetHostName": host, "platform": "windows"})
subscription = answered(subscribe.sync(client=device, body=request))
sender = client(app).with_headers({"X-UNS-ID": subscription.user_notification_subscription_id})
posted = answered(post_notification.sync(client=sender, body=notification(host)))
page = answered(list_notifications.sync(client=device, top=5))
read = answered(update_notification.sync(str(posted.id), client=device, body=States(read_state=ReadState.READ)))
refused = post_notification.sync(client=device, body=notification("no host"))
codes = [detail.code for detail in refused.error.details or []] if isinstance(refused, ErrorAnswer) else None
# With $select an item has less.
items = [[str(item.id), isinstance(item, Received) and item.to_dict()["payload"]["visualContent"]["title"]] for item in page.value]
print(json.dumps({"posted": str(posted.id), "page": items, "read": read.read_state, "refused": codes}))
