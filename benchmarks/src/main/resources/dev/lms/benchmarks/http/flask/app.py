"""A small site on Flask as its users build it: sessions and finished pages in Redis, for gunicorn.

By hand, so that Debian's python3-flask and python3-redis are enough, what the documentation of
Flask-Session (SESSION_TYPE = "redis") and of Flask-Caching (CACHE_TYPE = "RedisCache") sets up:
a session is read at each request and stored again with a new deadline, an empty one is not stored;
a page is kept for a while under its path, one for strangers and one for those who are signed in.
"""
import functools
import json
import os
import pickle
import secrets

from flask import Flask, abort, redirect, render_template, request, session
from flask.sessions import SessionInterface, SessionMixin
from redis import Redis
from werkzeug.datastructures import CallbackDict

SESSION_SECONDS = 86400
PAGE_SECONDS = 3600
PEOPLE = {f"student{number}": f"Student {number}" for number in range(100)}
COURSES = [{"number": n, "teacher": n % 7, "credits": n % 5 + 1} for n in range(40)]

store = Redis.from_url(os.environ["REDIS_URL"])
app = Flask(__name__)


class StoredSession(CallbackDict, SessionMixin):
    def __init__(self, key, data):
        super().__init__(data, lambda changed: setattr(changed, "modified", True))
        self.key, self.new, self.modified = key, not data, False


class RedisSessions(SessionInterface):
    def open_session(self, app, request):
        key = request.cookies.get("session")
        stored = store.get("session:" + key) if key else None
        # A key that nobody was given is not taken over.
        return StoredSession(key, json.loads(stored)) if stored else StoredSession(secrets.token_urlsafe(32), {})

    def save_session(self, app, session, response):
        if not session and session.modified:
            store.delete("session:" + session.key)
            response.delete_cookie("session")
        if session:
            store.set("session:" + session.key, json.dumps(session), ex=SESSION_SECONDS)
            response.set_cookie("session", session.key, max_age=SESSION_SECONDS, httponly=True, samesite="Lax")
            response.vary.add("Cookie")


app.session_interface = RedisSessions()


def page_key(full_path, signed_in):
    return f"cache:view/{full_path}{'signed-in' if signed_in else 'stranger'}"


def cached(view):
    @functools.wraps(view)
    def from_cache(**arguments):
        key = page_key(request.full_path, "person" in session)
        page = store.get(key)
        if page is None:
            page = pickle.dumps(view(**arguments))
            store.set(key, page, ex=PAGE_SECONDS)
        return pickle.loads(page)

    return from_cache


@app.get("/page")
@cached
def courses():
    return render_template("courses.html", courses=COURSES, signed_in="person" in session)


@app.post("/sign-in")
def sign_in():
    if request.form.get("person") not in PEOPLE:
        abort(401)
    session["person"] = request.form["person"]
    # As much as the other sites keep in theirs.
    session.update({f"attribute{i}": "x" * 92 for i in range(8)})
    return redirect("/page")
