package dev.reprise.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs bodies on threads that start at the same moment. */
final class Workers {

  private Workers() {}

  /** A body of a worker, given its number. */
  interface Body<T> {
    T run(int worker) throws Exception;
  }

  /** Runs the body on every worker and returns the results in order of the workers. */
  static <T> List<T> run(int workers, Body<T> body) throws Exception {
    CyclicBarrier start = new CyclicBarrier(workers);
    List<FutureTask<T>> tasks = new ArrayList<>();
    for (int w = 0; w < workers; w++) {
      int worker = w;
      FutureTask<T> task =
          new FutureTask<>(() -> {
            start.await();
            return body.run(worker);
          });
      Thread thread = new Thread(task, "worker-" + w);
      thread.setDaemon(true);
      thread.start();
      tasks.add(task);
    }
    List<T> results = new ArrayList<>();
    for (FutureTask<T> task : tasks) {
      try {
        results.add(task.get());
      } catch (ExecutionException e) {
        throw new AssertionError("a worker failed", e.getCause());
      }
    }
    return results;
  }
}
