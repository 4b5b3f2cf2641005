package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.accelerator.Mark;
import java.util.ArrayList;
import java.util.List;

/**
 * Launches of one stretch of an iteration that are held back to be issued together, and the marks
 * behind them.
 *
 * <pre>
 *   HELD --issued at once, or one by one--> ISSUED: one mark of the device stands for all of theirs
 *     \-----------one of them fails--------> FAILED: all of them fail
 * </pre>
 *
 * <p><b>Threads.</b> Launches are added, and the state is changed, by the accelerator's worker.
 * Anybody may wait for a mark: he says so ({@link #isDemanded}), and the worker, which waits for
 * nobody, issues soon. The worker itself issues when it is the one who waits.
 */
final class HeldLaunches {
  private final Backend device;
  private final List<Launch> launches = new ArrayList<>();
  private final Thread worker = Thread.currentThread();
  private final Runnable whenAwaited;

  // Guarded by this: null while the launches are held.
  private Mark behind;
  private DeviceException failure;
  private boolean isReleased;

  // Guarded by this: marks given out, and how many of them have not been released.
  private int marks;
  private int open;
  private long nanos = -1;

  private volatile boolean demanded;

  /**
   * By the worker.
   *
   * @param whenAwaited has the launches issued; called on the worker's thread, when that waits
   */
  HeldLaunches(Backend device, Runnable whenAwaited) {
    this.device = device;
    this.whenAwaited = whenAwaited;
  }

  /** In their order. */
  List<Launch> launches() {
    return launches;
  }

  void add(Launch launch) {
    launches.add(launch);
  }

  boolean isEmpty() {
    return launches.isEmpty();
  }

  /** True when somebody waits for one of the marks. */
  boolean isDemanded() {
    return demanded;
  }

  /** Makes a mark behind the launches so far; it is reached when all have ended. */
  synchronized Mark mark() {
    marks++;
    open++;
    return new HeldMark();
  }

  /** Issues the launches, or makes them fail. */
  void issueOneByOne() {
    try {
      for (Launch launch : launches) {
        launch.issue(device);
      }
    } catch (RuntimeException | Error e) {
      failed(e);
      return;
    }
    issued();
  }

  /** The launches have just been issued: the device's next mark stands for all of theirs. */
  void issued() {
    try {
      reachedWith(device.mark());
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  /**
   * @param mark behind the launches; released by this
   */
  private synchronized void reachedWith(Mark mark) {
    behind = mark;
    notifyAll();
    releaseWhenUnused();
  }

  private synchronized void failed(Throwable reason) {
    failure =
        reason instanceof DeviceException known
            ? known
            : new DeviceException(String.valueOf(reason.getMessage()), false);
    notifyAll();
  }

  private synchronized boolean isHeld() {
    return behind == null && failure == null && !isReleased;
  }

  private synchronized Mark behind() {
    if (isReleased) {
      throw new IllegalStateException("all marks have been released");
    }
    if (failure != null) {
      throw new DeviceException(failure.getMessage(), failure.isLost());
    }
    return behind;
  }

  private Mark awaitIssue() {
    if (isHeld() && Thread.currentThread() == worker) {
      whenAwaited.run();
    }
    boolean interrupted = false;
    synchronized (this) {
      while (isHeld()) {
        demanded = true;
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return behind();
  }

  private synchronized void releaseWhenUnused() {
    if (open == 0 && behind != null) {
      behind.release();
      behind = null;
      isReleased = true;
    }
  }

  /** An equal share of what all took; the device does not tell more. */
  private synchronized long nanosOfEach() {
    if (nanos < 0) {
      nanos = behind().nanos() / marks;
    }
    return nanos;
  }

  private final class HeldMark implements Mark {
    @Override
    public boolean isReached() {
      synchronized (HeldLaunches.this) {
        return failure != null || behind != null && behind.isReached();
      }
    }

    @Override
    public void await() {
      awaitIssue().await();
    }

    @Override
    public long nanos() {
      return nanosOfEach();
    }

    @Override
    public boolean isMeasured() {
      return false;
    }

    @Override
    public void release() {
      synchronized (HeldLaunches.this) {
        open--;
        releaseWhenUnused();
      }
    }
  }
}
