"""What happens to a photo after it arrived, as seen from outside."""

import json

from harness import CONTRACT, wait_for
from make_photos import broken_jpeg, jpeg


def progress(client):
    return client.get("/api/v1/jobs", expect=200).json()


def test_progress_ends_at_rest(owner):
    assert progress(owner)["waiting"] == 0
    ids = [r["id"] for r in owner.upload([(f"{n}.jpg", jpeg(n)) for n in range(8)])]
    wait_for("all are done", lambda: progress(owner)["waiting"] == 0)
    last = progress(owner)
    assert last["done"] >= 8 and last["aside"] == 0
    assert {owner.photo(p)["state"] for p in ids} == {"done"}


class Events:
    """Reads the stream of server-sent events, one at a time."""

    def __init__(self, client):
        self.reply = client.get("/api/v1/jobs/events", stream=True, headers={"Accept": "text/event-stream"})
        assert self.reply.status_code == 200
        assert self.reply.headers["Content-Type"].startswith("text/event-stream")
        assert self.reply.headers["Cache-Control"] == "no-store"
        self.lines = self.reply.iter_lines(chunk_size=1)

    def next(self):
        kind, data = None, None
        for raw in self.lines:
            line = raw.decode()
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif not line and data is not None:
                assert kind == "progress"
                return data
        return None

    def close(self):
        self.reply.close()


def test_events_tell_of_the_work(server, owner):
    events = Events(owner)
    first = events.next()
    CONTRACT.validate({"$ref": "#/components/schemas/Progress"}, first)
    assert first["waiting"] == 0
    client = server.client()
    client.session.cookies.update(owner.session.cookies)
    ids = [r["id"] for r in client.upload([(f"{n}.jpg", jpeg(n)) for n in range(5)])]
    while True:
        event = events.next()
        assert event is not None
        CONTRACT.validate({"$ref": "#/components/schemas/Progress"}, event)
        if event["waiting"] == 0 and all(client.photo(p)["state"] == "done" for p in ids):
            break
    events.close()


def test_many_streams(start_server):
    """More streams than there are places: the oldest end, the newest live, and requests are answered all the while."""
    server = start_server(env={"TINTYPE_HTTP_MAX_STREAMS": "3"})
    owner = server.owner()
    clients = []
    for _ in range(6):
        client = server.client()
        client.session.cookies.update(owner.session.cookies)
        clients.append(Events(client))
        assert clients[-1].next() is not None
    for events in clients[:3]:
        assert events.next() is None
    owner.upload([("a.jpg", jpeg(1))])
    for events in clients[3:]:
        assert events.next() is not None
        events.close()
    assert server.stop() == 0


def test_a_broken_photo_is_set_aside(owner):
    good, bad = [r["id"] for r in owner.upload([("good.jpg", jpeg(1)), ("bad.jpg", broken_jpeg())])]
    wait_for("the broken one is set aside", lambda: progress(owner)["aside"] == 1)
    assert owner.wait_done(good)["state"] == "done"
    assert owner.photo(bad)["state"] == "aside"
    jobs = owner.get("/api/v1/jobs/aside", expect=200).json()["jobs"]
    assert [(j["photo"], j["name"], j["kind"]) for j in jobs] == [(bad, "bad.jpg", "develop")]
    assert len(jobs[0]["reason"]) > 5
    owner.post(f"/api/v1/jobs/aside/{bad}/retry", expect=204)
    wait_for("it is set aside again", lambda: owner.photo(bad)["state"] == "aside")
    owner.delete(f"/api/v1/jobs/aside/{bad}", expect=204)
    assert owner.get("/api/v1/jobs/aside").json()["jobs"] == []
    assert owner.photo(bad)["state"] == "done"
    owner.post(f"/api/v1/jobs/aside/{bad}/retry", expect=404)
    owner.delete(f"/api/v1/jobs/aside/{bad}", expect=404)
    owner.post(f"/api/v1/jobs/aside/{good}/retry", expect=404)
