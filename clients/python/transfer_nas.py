"""Evaluates the trials of a study that `transfer-nas serve` gives out, from Python.

This file is the whole client: it needs Python 3.8 or later and nothing else.

    from transfer_nas import Study

    study = Study("http://host:8080", "cnn")
    for trial in study.trials():
        with trial:
            model = build(trial.config)
            for epoch in range(20):
                accuracy = train(model)
                if trial.report(epoch, accuracy):
                    trial.prune()
                    break
            else:
                trial.tell(accuracy)

A loop like this runs in as many processes, on as many machines, as there are; each takes the next trial that nobody has. Where the
connection fails, requests are sent again, after pauses that grow; an outcome that is told twice is told once.
"""

import atexit
import http.client
import json
import logging
import math
import operator
import os
import random
import socket
import ssl
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
import weakref

__all__ = ["Study", "Trial", "Error", "Refused", "NotAllowed", "NotFound", "Unreachable"]
__version__ = "0.1.0"

_LOG = logging.getLogger("transfer_nas")
# The program's own random numbers are not touched.
_DICE = random.SystemRandom()
# Statuses after which the same request may succeed.
_PASSING = {408, 429, 502, 503, 504}
# In seconds: what an answer may take besides the time that a request waits for a trial, the first and the longest pause
# between two tries, the longest wait that a service allows, how long heartbeats are apart before the service has said more.
_TIMEOUT = 30.0
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 15.0
_LONGEST_WAIT = 60.0
_HEARTBEAT = 5.0
# Of a failure's text at most so many letters are sent, and of a traceback so many lines.
_BYTES = 20_000
_LINES = 40


class Error(Exception):
    """Whatever this client raises."""


class Refused(Error):
    """The service refused a request; its sentence says why. `status` is the HTTP status."""

    def __init__(self, sentence, status):
        super().__init__(sentence)
        self.status = status


class NotAllowed(Refused):
    """The service wants a token, or another one."""


class NotFound(Refused):
    """The service has no such study, trial or attempt."""


class Unreachable(Error):
    """The service did not answer, as often as it was asked."""


class Study:
    """A study that a service gives out, and a worker on it.

    `url` is the address of the service, `name` the study's name, `token` what the service asks for (the environment variable
    `TRANSFER_NAS_TOKEN` where it is not given). `worker` is what people see as this worker's name, with something after it that makes
    it unique. `patience` says how many seconds a request is tried again for; `context` is an `ssl.SSLContext` for services whose
    certificate the system does not trust.

    A study is for one thread, or for several that may wait for each other; a process that is forked from another one is a worker of
    its own. `close()`, the end of a `with` block and the end of the process hand back what is still held.
    """

    def __init__(self, url, name, token=None, worker=None, patience=600.0, context=None):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or not url.isprintable() or " " in url:
            raise ValueError("%r is no address of a service: it has the form http://host:8080" % (url,))
        token = token if token is not None else os.environ.get("TRANSFER_NAS_TOKEN")
        if token and not (token.isascii() and token.isprintable()):
            raise ValueError("the token has characters that no token has: is there a line end after it?")
        self.name = name
        self.patience = patience
        #: Why there are no more trials, in a word (`complete`, `stopped`, `exhausted`); None as long as there may be.
        self.ending = None
        #: What the service said last of how many seconds a worker may give no heartbeat.
        self.abandon_after = None
        self._path = url.rstrip("/") + "/api/v1/studies/" + _segment(name)
        self._token = token or None
        handlers = [_NoRedirects, urllib.request.HTTPSHandler(context=context)]
        if _is_loopback(url):
            # What is on this machine is not asked for through a proxy.
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)
        self._given_name = worker
        self._pid = None
        self._begin()
        _OPEN.add(self)

    def _begin(self):
        """Makes this process a worker: a forked one must not go by its parent's name."""
        self._pid = os.getpid()
        self.worker = _unique(self._given_name)
        self._held = {}
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        #: The thread that gives heartbeats, and what ends it.
        self._heartbeat, self._closed = None, threading.Event()

    def __repr__(self):
        return "Study(%r, worker=%r)" % (self.name, self.worker)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def trials(self, wait=20.0, max_idle=None):
        """The trials for this worker, one after the other, until the study has ended; `ending` then says why.

        Each request waits for up to `wait` seconds. With `max_idle`, the worker leaves after so many seconds without a trial.
        """
        max_idle = math.inf if max_idle is None else max_idle
        idle_since = time.monotonic()
        while True:
            begin = time.monotonic()
            left = idle_since + max_idle - begin
            trial = self.ask(wait=max(0.0, min(wait, left)))
            if trial is not None:
                yield trial
                idle_since = time.monotonic()
            elif self.ending is not None or time.monotonic() - idle_since >= max_idle:
                return
            else:
                # A service that does not wait is not asked all the time.
                time.sleep(max(0.0, min(0.5, left) - (time.monotonic() - begin)))

    def ask(self, wait=0.0):
        """The next trial, or None where there is none within `wait` seconds (60 at most); `ending` says whether there may be one later."""
        if self._pid != os.getpid():
            self._begin()
        wait = min(max(0.0, float(wait)), _LONGEST_WAIT)
        with self._asking:
            self._begin_heartbeats()
            body = lambda: {"worker": self.worker, "wait": wait, "held": self._holding()}
            answer = self._send("/ask", body, timeout=wait + _TIMEOUT)
            self.ending = answer.get("ending")
            if answer.get("trial") is None:
                return None
            trial = Trial(self, answer["trial"])
            with self._lock:
                self._held[trial.number, trial.attempt] = trial
            return trial

    def enqueue(self, values, task=None):
        """Has a config evaluated before others: the value of each decision by its name, as in `Trial.values`. Gives the trial's number.

        Only a request that cannot have arrived is sent again, so that nothing is enqueued twice.
        """
        body = {"values": values} if task is None else {"values": values, "task": task}
        return self._send("/enqueue", lambda: _finite(body), is_safe=False)["trial"]

    def status(self):
        """The study as it is now: `trials`, `done`, `failed`, `pruned`, `queued`, `running`, `best`, `direction`, `objectives` (of a study of several), `ending`."""
        return self._send("", None)

    def close(self):
        """Hands back what this worker holds, and gives no more heartbeats. A later `ask` makes it a worker again."""
        if self._pid != os.getpid():
            return
        self._closed.set()
        self._heartbeat = None
        with self._lock:
            held = list(self._held.values())
        for trial in held:
            trial._hand_back()

    def _holding(self):
        with self._lock:
            return [{"trial": trial, "attempt": attempt} for trial, attempt in sorted(self._held)]

    def _let_go(self, trial):
        with self._lock:
            if self._held.get((trial.number, trial.attempt)) is trial:
                del self._held[trial.number, trial.attempt]

    def _begin_heartbeats(self):
        if self._heartbeat is None or not self._heartbeat.is_alive():
            # It does not keep a study alive that nobody has any more.
            self._closed = threading.Event()
            self._heartbeat = threading.Thread(target=_give_heartbeats, args=(weakref.ref(self), self._closed), daemon=True)
            self._heartbeat.start()

    def _give_heartbeat(self):
        """Says what is held; marks what is not this worker's any more."""
        held = self._holding()
        answer = self._send("/heartbeat", lambda: {"worker": self.worker, "held": held}, patience=0.0)
        self.abandon_after = answer.get("abandon_after")
        with self._lock:
            for lost in answer.get("lost", []):
                trial = self._held.pop((lost["trial"], lost["attempt"]), None)
                if trial is not None:
                    trial.is_lost = True

    def _send(self, path, body, patience=None, timeout=_TIMEOUT, is_safe=True):
        """The answer to a request, which is tried again as long as that may help. `body()` makes what is sent, each time anew."""
        begin, patience = time.monotonic(), self.patience if patience is None else patience
        pause, tries = _FIRST_PAUSE, 0
        while True:
            tries += 1
            try:
                return self._send_once(path, None if body is None else body(), timeout)
            except _Passing as failure:
                elapsed = time.monotonic() - begin
                if elapsed >= patience or failure.is_lasting or not (is_safe or failure.never_arrived):
                    raise failure.as_error(self._path + path, tries, elapsed, is_safe) from failure.cause
                longest = max(0.0, patience - elapsed)
                if tries == 2:
                    _LOG.warning("%s does not answer and is asked again for up to %.0f s: %s", self._path, longest, failure)
                time.sleep(min(longest, max(failure.after, pause * _DICE.uniform(0.5, 1.5))))
                pause = min(2.0 * pause, _LONGEST_PAUSE)

    def _send_once(self, path, body, timeout):
        headers = {"Accept": "application/json", "User-Agent": "transfer-nas-python/" + __version__}
        if self._token is not None:
            headers["Authorization"] = "Bearer " + self._token
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, allow_nan=False, ensure_ascii=False).encode("utf-8", "replace")
        request = urllib.request.Request(self._path + path, data=data, headers=headers)
        try:
            with self._opener.open(request, timeout=timeout) as response:
                return _object(response.read(), self._path + path)
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error, self._path + path) from None
        except (OSError, http.client.HTTPException) as error:
            raise _Passing(error) from None


class Trial:
    """A trial in this worker's hands.

    `config` is the config, nested as its type is, as a dict; `values` has the value of each decision by its name. `number` is the
    trial's number in the study, `attempt` counts how often it was handed out, and `task` is what the config is to be judged on.
    `objectives` are those of a study of several: a `name`, a `direction` and perhaps a `unit` each.

    In a `with` block, an exception fails the trial with the last lines of its traceback, and the program goes on after the block;
    `KeyboardInterrupt` and `SystemExit` hand the trial back and go on their way. A block in which nothing was told fails the trial, too.
    """

    def __init__(self, study, assignment):
        self.study = study
        self.number = assignment["trial"]
        self.attempt = assignment["attempt"]
        self.task = assignment.get("task", "default")
        self.config = assignment.get("config", {})
        self.values = assignment.get("values", {})
        self.objectives = assignment.get("objectives", [])
        self._constraints = {}
        #: Whether an outcome was told, and the service has it.
        self.is_told = False
        #: Whether the trial is not this worker's any more: it ended, or another worker has it. What is told then is recorded beside,
        #: and still counts where it comes before the other worker's.
        self.is_lost = False

    def __repr__(self):
        return "Trial(%d, attempt=%d, %r)" % (self.number, self.attempt, self.config)

    def __enter__(self):
        return self

    def __exit__(self, kind, exception, trace):
        if self.is_told:
            return False
        if isinstance(exception, Error):
            self._hand_back()
            return False
        if exception is None:
            self.fail("the program told no outcome of the trial")
            return False
        if not isinstance(exception, Exception):
            self._hand_back()
            return False
        text = "".join(traceback.format_exception(kind, exception, trace))
        _LOG.warning("trial %d failed:\n%s", self.number, text)
        self.fail(_last_lines(text))
        return True

    def report(self, step, value):
        """Reports a value at a step; a later one of the same step takes its place. NaN counts as the worst of all.

        True where the study's pruner gives the trial up: stop, and call `prune()`.
        """
        step = operator.index(step)
        if step < 0:
            raise ValueError("steps are counted from 0, and this one is %d" % step)
        answer = self._send("report", {"step": step, "value": _number(value)})
        self.is_lost = not answer.get("current", True)
        return bool(answer.get("prune"))

    def tell(self, reward=None, *, values=None):
        """Tells the trial's reward, or, in a study of several objectives, the value of each by its name. NaN and infinities are failures.

        Gives what became of it: `counts`; `again` where it was told before; `beside` where the trial had ended before.
        """
        if (reward is None) == (values is None):
            raise TypeError("give a reward, or `values` with one for each objective")
        if values is not None:
            return self._tell({"values": {str(name): _number(value) for name, value in values.items()}})
        return self._tell({"reward": _number(reward)})

    def constraint(self, name, value, *, at_least=None, at_most=None):
        """Says that something must be within limits. It is told with the trial's outcome; of the same name the latest value counts.

        A trial that exceeds a limit is never the best, and the search learns by how much it does.
        """
        name = str(name)
        if not name or len(name.encode()) > 200 or not name.isprintable():
            raise ValueError("the name of a constraint has 1 to 200 bytes that can be printed, not %r" % (name,))
        if at_least is not None and at_most is not None and at_least > at_most:
            raise ValueError("the constraint %r: no number is at least %r and at most %r" % (name, at_least, at_most))
        if at_least is None and at_most is None:
            raise ValueError("the constraint %r has no limit: give `at_least`, `at_most` or both" % (name,))
        limits = {"at_least": at_least, "at_most": at_most}
        constraint = {key: float(limit) for key, limit in limits.items() if limit is not None}
        constraint["value"] = float(value)
        if not all(math.isfinite(number) for number in constraint.values()):
            raise ValueError("the constraint %r has a number that is not finite: %r" % (name, constraint))
        self._constraints[name] = dict(constraint, name=name)

    def fail(self, text, severity=None):
        """Tells that the trial failed, and why. Of two failures the one of the greater `severity` is worse."""
        outcome = {"failed": _bounded(str(text))}
        if severity is not None:
            outcome["severity"] = _number(severity)
        return self._tell(outcome)

    def prune(self):
        """Tells that the trial was given up by what it reported."""
        return self._tell({"pruned": True})

    def cancel(self):
        """Hands the trial back, for another worker."""
        return self._tell({"cancelled": True})

    def note(self, key, value):
        """Keeps something about the trial, for people and other programs: any JSON. A later note of the same key takes its place."""
        self._send("note", {"key": key, "value": _finite(value)})

    def _hand_back(self):
        """On the way out: what cannot be told soon is noticed by the service."""
        try:
            self._tell({"cancelled": True}, patience=2.0)
        except Error as error:
            _LOG.info("trial %d could not be handed back: %s", self.number, error)

    def _send(self, what, body, patience=None):
        body = dict(body, worker=self.study.worker, attempt=self.attempt)
        return self.study._send("/trials/%d/%s" % (self.number, what), lambda: body, patience)

    def _tell(self, outcome, patience=None):
        if self._constraints:
            outcome = dict(outcome, constraints=list(self._constraints.values()))
        try:
            settled = self._send("tell", {"outcome": outcome}, patience).get("kept")
            self.is_told = True
            return settled
        finally:
            # Where it could not be told, the service gives the trial again.
            self.study._let_go(self)


class _Passing(Exception):
    """A failure after which the same request may succeed."""

    def __init__(self, cause, after=0.0):
        super().__init__(str(cause))
        self.cause = cause
        # How many seconds the service wants to be left alone.
        self.after = after

    @property
    def is_lasting(self):
        """Whether it will be the same the next time."""
        return isinstance(getattr(self.cause, "reason", self.cause), ssl.SSLCertVerificationError)

    @property
    def never_arrived(self):
        """Whether the service cannot have done what was asked."""
        reason = getattr(self.cause, "reason", self.cause)
        is_refused = isinstance(self.cause, Refused) and self.cause.status in (429, 503)
        return is_refused or isinstance(reason, (ConnectionRefusedError, socket.gaierror))

    def as_error(self, url, tries, elapsed, is_safe):
        times = "once" if tries == 1 else "%d times in %.0f s" % (tries, elapsed)
        advice = "" if is_safe else "; it may have been done all the same, so check before you ask again"
        reason = getattr(self.cause, "reason", None) or str(self.cause) or type(self.cause).__name__
        return Unreachable("%s was asked %s and did not answer: %s%s" % (url, times, reason, advice))


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Another address must not get the token."""

    def redirect_request(self, *_):
        return None


def _refusal(error, url):
    """What to raise for an answer that is none of success."""
    try:
        sentence = json.loads(error.read().decode("utf-8"))["error"]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        sentence = "%s answers %d %s" % (url, error.code, error.reason)
    if error.code in _PASSING:
        after = error.headers.get("Retry-After", "") if error.headers is not None else ""
        return _Passing(Refused(sentence, error.code), float(after) if after.isdigit() else 0.0)
    kinds = {401: NotAllowed, 403: NotAllowed, 404: NotFound}
    return kinds.get(error.code, Refused)(sentence, error.code)


def _object(body, url):
    try:
        answer = json.loads(body.decode("utf-8"))
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Error("%s answers something that is no JSON object: is it the address of `transfer-nas serve`?" % url)
    return answer


def _segment(name):
    """A name as one part of a path."""
    return urllib.parse.quote(name, safe="").replace(".", "%2E")


def _unique(name):
    """A name that no other worker has."""
    name = name if name is not None else socket.gethostname()
    return "%s-%d-%08x" % (name[:150], os.getpid(), _DICE.getrandbits(32))


def _number(value):
    """A number as JSON can say it: null is none."""
    value = float(value)
    return value if math.isfinite(value) else None


def _finite(value):
    """The same with null in place of numbers that JSON has not, and with numbers and arrays of other libraries as Python's own."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if hasattr(value, "tolist"):
        return _finite(value.tolist())
    raise TypeError("%r cannot be written as JSON" % (value,))


def _is_loopback(url):
    host = urllib.parse.urlsplit(url).hostname or ""
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _last_lines(text):
    lines = text.rstrip().splitlines()
    return "\n".join(lines if len(lines) <= _LINES else ["…"] + lines[-_LINES:])


def _bounded(text):
    """The end says most: of a traceback it is the exception. What is no text in UTF-8 is replaced."""
    text = text.encode("utf-8", "replace")
    return (text if len(text) <= _BYTES else "…".encode("utf-8") + text[-_BYTES:]).decode("utf-8", "ignore")


def _give_heartbeats(study, closed):
    """Gives heartbeats as long as the study is there and was not closed."""
    pause = _HEARTBEAT
    while not closed.wait(pause):
        owner = study()
        if owner is None:
            return
        try:
            owner._give_heartbeat()
        except Exception as error:  # The next one may arrive.
            _LOG.debug("no heartbeat: %s", error)
        # Several of them fit into the time after which a worker is given up.
        pause = min(_HEARTBEAT, owner.abandon_after / 5.0) if owner.abandon_after else _HEARTBEAT
        del owner


# Those whose trials are handed back when the process ends.
_OPEN = weakref.WeakSet()


@atexit.register
def _close_all():
    for study in list(_OPEN):
        study.close()
