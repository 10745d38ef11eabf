"""The same site with requests that meet: they wait where they are told to."""
import json
import os
import urllib.request

from flask import request, session

from app import PEOPLE, app, cached, page_key, store

PATIENCE_SECONDS = 20
PEOPLE.update(ada="Ada", grace="Grace")


@app.post("/meet/<visit>")
def meet(visit):
    """A handler whose session has been read: says what is in it, waits, and does what it is told."""
    store.rpush(f"here:{visit}", json.dumps(dict(session)))
    told = store.blpop(f"told:{visit}", PATIENCE_SECONDS)
    for step, name, value in json.loads(told[1]):
        if step == "set":
            session[name] = value
        elif step == "count":
            session[name] = str(int(session.get(name, 0)) + 1)
        else:
            session.clear()
    return ""


@app.get("/rendered/<path>")
@cached
def rendered(path):
    asked = urllib.request.Request(os.environ["RENDERER"] + path)
    if "person" in session:
        asked.add_header("X-Person", session["person"])
    with urllib.request.urlopen(asked, timeout=PATIENCE_SECONDS) as answer:
        return answer.read().decode()


@app.post("/purge/<path>")
def purge(path):
    """All that is kept of this page, as delete_memoized does."""
    store.delete(*[page_key(f"/rendered/{path}?", signed_in) for signed_in in (True, False)])
    return ""
