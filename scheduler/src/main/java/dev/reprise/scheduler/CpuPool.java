package dev.reprise.scheduler;

import dev.reprise.memory.Handle;
import dev.reprise.scheduler.Task.Stage;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A fixed number of threads that run tasks whose inputs are complete.
 *
 * <pre>
 *   submit --> inputs missing: waiting set --last input done--> queue --> workers
 *         \--> none missing: ------------------------------------/
 * </pre>
 *
 * <p>No worker ever waits for a value: a task enters the queue when its last input is done, and the
 * thread that completes an input only moves the task to the queue. So each queued task can run, and
 * the pool makes progress as long as one worker does. The queue has no bound of its own: a control
 * thread bounds how far it runs ahead before it submits.
 *
 * <p><b>Threads.</b> {@link #submit} from any thread. The waiting set and the queue are concurrent;
 * each task is moved by whoever wins its stage. A worker that meets an {@link Error} reports it to
 * the task, fails the outputs that are left, and dies; a new thread takes its place.
 *
 * <p><b>Closing</b> cancels all tasks that wait or are queued, lets the running ones end, and
 * returns when every task submitted has ended. Tasks submitted later are cancelled.
 */
public final class CpuPool implements TaskScheduler, AutoCloseable {
  /** LAPACK and deep recursions of operators run on these. */
  private static final long STACK_BYTES = 16L << 20;

  private final ThreadPoolExecutor workers;
  private final Set<Task> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicLong unfinished = new AtomicLong();
  private final Object finished = new Object();
  // Publishes the end: tasks that start after it are cancelled instead.
  private volatile boolean closing;

  /**
   * @param name prefix of the threads' names
   * @param threads number of workers, at least 1
   */
  public CpuPool(String name, int threads) {
    AtomicInteger number = new AtomicInteger();
    this.workers =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread =
                  new Thread(null, work, name + "-" + number.incrementAndGet(), STACK_BYTES);
              thread.setDaemon(true);
              // The task has been told already; nothing of it belongs on the console.
              thread.setUncaughtExceptionHandler((dead, error) -> {});
              return thread;
            });
  }

  @Override
  public void submit(Task task) {
    if (!task.enter(Stage.NEW, Stage.WAITING)) {
      throw new IllegalStateException("task submitted twice");
    }
    unfinished.incrementAndGet();
    waiting.add(task);
    task.awaitInputs(() -> enqueue(task));
    if (closing) {
      enqueue(task);
    }
  }

  /** By the thread that completed the last input, or by the one that closes the pool. */
  private void enqueue(Task task) {
    if (task.enter(Stage.WAITING, Stage.QUEUED)) {
      waiting.remove(task);
      try {
        workers.execute(() -> execute(task));
      } catch (RejectedExecutionException closed) {
        // Submitted after the pool had closed: cancelling needs no worker.
        execute(task);
      } catch (Throwable noThread) {
        // The system has no thread or no memory for one more; unless the queue took the task.
        if (task.enter(Stage.QUEUED, Stage.RUNNING)) {
          try {
            report(task, noThread);
          } finally {
            finish(task);
          }
        }
      }
    }
  }

  private void execute(Task task) {
    if (!task.enter(Stage.QUEUED, Stage.RUNNING)) {
      return;
    }
    try {
      dispatch(task);
    } catch (Throwable error) {
      report(task, error);
      if (error instanceof Error fatal) {
        throw fatal;
      }
    } finally {
      finish(task);
    }
  }

  private void dispatch(Task task) {
    if (closing) {
      task.cancelled();
      return;
    }
    Throwable error = task.inputError();
    if (error != null) {
      task.inputFailed(error);
    } else {
      task.run();
    }
  }

  private static void report(Task task, Throwable error) {
    try {
      task.failed(error);
    } catch (Throwable again) {
      error.addSuppressed(again);
    } finally {
      task.failOutputs(error);
    }
  }

  private void finish(Task task) {
    try {
      for (Handle output : task.outputs()) {
        if (!output.isDone()) {
          output.fail(new IllegalStateException("a task ended without its result"));
        }
      }
    } finally {
      task.enter(Stage.RUNNING, Stage.DONE);
      if (unfinished.decrementAndGet() == 0 && closing) {
        synchronized (finished) {
          finished.notifyAll();
        }
      }
    }
  }

  /** Number of tasks that wait for inputs, are queued or run. */
  public long unfinishedTasks() {
    return unfinished.get();
  }

  public int threads() {
    return workers.getMaximumPoolSize();
  }

  /** Cancels what has not started and waits for what runs. Not from a task of this pool. */
  @Override
  public void close() {
    closing = true;
    waiting.forEach(this::enqueue);
    boolean interrupted = false;
    synchronized (finished) {
      while (unfinished.get() != 0) {
        try {
          finished.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    workers.shutdown();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
