"""The running stand-in, for the tests of this folder."""

from tests.standin.running import wechat

__all__ = ["wechat"]
