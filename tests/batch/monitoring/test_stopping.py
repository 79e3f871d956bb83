import os
import signal
import sys

import pytest

from csatext.batch.monitoring.stopping import check_stop, ends_between, stop_requests
from csatext.errors import StoppedError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal")


def terminate():
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_termination_ends_at_once_where_nothing_is_to_be_finished():
    before = signal.getsignal(signal.SIGTERM)
    with stop_requests() as requests:
        with pytest.raises(KeyboardInterrupt):
            terminate()
        assert requests.asked
    assert signal.getsignal(signal.SIGTERM) is before


def test_between_partitions_it_waits_for_the_next_safe_point():
    done = []
    with stop_requests(), pytest.raises(StoppedError, match="会从这里继续"), ends_between():
        for partition in range(4):
            check_stop()
            if partition == 1:
                terminate()
            done.append(partition)
    assert done == [0, 1]


def test_one_that_came_with_the_last_partition_ends_the_run_after_the_loop():
    done = []
    with stop_requests(), pytest.raises(StoppedError):
        with ends_between():
            terminate()
            done.append("whole")
        done.append("never")
    assert done == ["whole"]


def test_the_second_does_not_wait():
    with stop_requests(), pytest.raises(KeyboardInterrupt), ends_between():
        terminate()
        terminate()


def test_without_a_command_nothing_is_taken():
    with ends_between():
        check_stop()
