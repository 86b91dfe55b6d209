"""Telemetry with local differential privacy, for Python: libdither.so.1 through ctypes, and nothing else.

    import dither

    with dither.Agent("metrics.set", "https://telemetry.example", "/var/lib/airline/telemetry") as agent:
        agent.record_boolean("departed_late", True)

A recorded value is randomized on this device before anything is written or sent. Nothing is recorded before consent:
`agent.set_consent(True)`, or `dither-agent on`. Calls may come from any thread. After os.fork() the child opens an agent
of its own; multiprocessing with "spawn" needs no care. DITHER_LIBRARY names a library that lies elsewhere.
"""

import ctypes
import os

OK, OFF, WAITING = 0, 1, 2
CONSENT = ("unset", "granted", "declined", "unreadable", "off by the environment", "off for this machine")


class Error(Exception):
    """What went wrong and what to do; `code` is one of the DITHER_E_ numbers of dither.h."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class _Options(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_size_t),
        ("metrics_path", ctypes.c_char_p),
        ("metrics", ctypes.c_void_p),
        ("metrics_size", ctypes.c_size_t),
        ("endpoint", ctypes.c_char_p),
        ("state_folder", ctypes.c_char_p),
        ("ca_file", ctypes.c_char_p),
        ("key_pin", ctypes.c_char_p),
        ("registry_keys", ctypes.c_char_p),
        ("token_file", ctypes.c_char_p),
    ]


class Status(ctypes.Structure):
    """How an agent stands: see dither_status_info in dither.h."""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("consent", ctypes.c_int32),
        ("last_result", ctypes.c_int32),
        ("recorded", ctypes.c_uint64),
        ("waiting", ctypes.c_uint64),
        ("acknowledged", ctypes.c_uint64),
        ("rejected", ctypes.c_uint64),
        ("dropped", ctypes.c_uint64),
        ("next_upload", ctypes.c_int64),
    ]


def _load():
    library = ctypes.CDLL(os.environ.get("DITHER_LIBRARY", "libdither.so.1"))
    agent, text = ctypes.c_uint64, ctypes.c_char_p
    for name, arguments in {
        "open": [ctypes.POINTER(_Options), ctypes.POINTER(agent)],
        "close": [agent],
        "record_boolean": [agent, text, ctypes.c_int],
        "record_category": [agent, text, text],
        "record_string": [agent, text, text, ctypes.c_size_t],
        "record_number": [agent, text, ctypes.c_double],
        "set_consent": [agent, ctypes.c_int],
        "flush": [agent, ctypes.c_uint32],
        "status": [agent, ctypes.POINTER(Status)],
        "last_error": [],
        "version": [],
    }.items():
        function = getattr(library, "dither_" + name)
        function.argtypes = arguments
        function.restype = text if name in ("last_error", "version") else ctypes.c_int
    return library


_library = _load()


def version():
    """The library's version, such as "0.1.0"."""
    return _library.dither_version().decode()


def _checked(result):
    if result < 0:
        raise Error(result, _library.dither_last_error().decode(errors="replace"))
    return result


def _text(value):
    """A C string. One with a zero byte would end there, and so be another one."""
    encoded = os.fsencode(value)
    if b"\0" in encoded:
        raise ValueError("the text holds a zero byte; leave it out")
    return encoded


def _decision(value):
    """True or False, or 1 or 0. Any other value is not guessed: "0" and "off" are true to Python."""
    if isinstance(value, int) and value in (0, 1):
        return int(value)
    raise TypeError(f"give True or False, not {type(value).__name__}")


class Agent:
    """An open agent. Close it before the program ends, or use it in a `with` statement.

    The record_ methods return whether the event was taken: not if telemetry is off. They raise `Error` for a metric or a
    value that the metric set does not know, and TypeError for a boolean that is neither True nor False.
    """

    def __init__(
        self, metrics, endpoint, state_folder, *, ca_file=None, key_pin=None, registry_keys=None, token_file=None
    ):
        self._handle = 0
        options = _Options(size=ctypes.sizeof(_Options), endpoint=_text(endpoint), state_folder=_text(state_folder))
        if isinstance(metrics, (bytes, bytearray)):
            content = ctypes.create_string_buffer(bytes(metrics), len(metrics))
            options.metrics, options.metrics_size = ctypes.cast(content, ctypes.c_void_p), len(metrics)
        else:
            options.metrics_path = _text(metrics)
        options.ca_file = None if ca_file is None else _text(ca_file)
        options.key_pin = None if key_pin is None else _text(key_pin)
        options.registry_keys = None if registry_keys is None else _text(registry_keys)
        options.token_file = None if token_file is None else _text(token_file)
        handle = ctypes.c_uint64()
        _checked(_library.dither_open(ctypes.byref(options), ctypes.byref(handle)))
        self._handle = handle.value

    def record_boolean(self, metric, value):
        return _checked(_library.dither_record_boolean(self._handle, _text(metric), _decision(value))) == OK

    def record_category(self, metric, category):
        return _checked(_library.dither_record_category(self._handle, _text(metric), _text(category))) == OK

    def record_string(self, metric, text):
        content = text.encode()
        return _checked(_library.dither_record_string(self._handle, _text(metric), content, len(content))) == OK

    def record_number(self, metric, number):
        return _checked(_library.dither_record_number(self._handle, _text(metric), number)) == OK

    def set_consent(self, granted):
        """Stores the user's decision; returns whether telemetry is on or off as asked for.

        Takes True and False alone, or 1 and 0, so that no text from a form or a file turns it on.
        """
        return _checked(_library.dither_set_consent(self._handle, _decision(granted))) == OK

    def flush(self, seconds=30):
        """Makes durable what was recorded and sends what is due; returns whether nothing more is due."""
        return _checked(_library.dither_flush(self._handle, max(0, min(round(seconds * 1000), 2**32 - 1)))) == OK

    def status(self):
        status = Status(size=ctypes.sizeof(Status))
        _checked(_library.dither_status(self._handle, ctypes.byref(status)))
        return status

    def close(self):
        """Makes durable what was recorded. Closing twice is no error."""
        handle, self._handle = self._handle, 0
        if handle:
            _checked(_library.dither_close(handle))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
