package dev.reprise.runtime.gpu.opencl;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jocl.cl_program;

/**
 * The programs of one context, each built once for all sessions that share it.
 *
 * <pre>
 *                  none there              complete
 *   hold, keep ---------------> being built ----------> built   held as often as it was asked for,
 *        |  there: noted there, too  |  failure            |      or kept
 *        '--> waits for the builder  v                     v  given back as often unless it is
 *                               none there             released            kept; or the end
 * </pre>
 *
 * <p>Sessions hold what few of them need, and give it back; what every session needs, they keep.
 *
 * <p><b>Threads.</b> By the workers of all sessions. Who finds no program builds it; the others
 * wait for him. He holds no lock while he builds and waits for nobody but the driver's compiler, so
 * no circle of waiting can form. A failure is his alone: it is not kept, and each who waited for
 * him tries by himself. How often a program is held, and whether it is kept, changes within {@code
 * compute} of the map alone, which is one step for each text; what is held is in the map.
 *
 * <p>Kernels are no part of it, since their arguments are set by one thread at a time: each session
 * makes its own of the programs.
 */
final class SharedPrograms {
  private final Map<Source, Held> programs = new ConcurrentHashMap<>();
  private final AtomicLong built = new AtomicLong();
  private final Consumer<cl_program> release;

  /**
   * @param release gives a program back to the driver
   */
  SharedPrograms(Consumer<cl_program> release) {
    this.release = release;
  }

  /** All that a program of one device and driver depends on. */
  record Source(String text, String options) {}

  /** A program that sessions hold. */
  static final class Held {
    private final Source source;
    private final CompletableFuture<cl_program> program = new CompletableFuture<>();
    private int times;
    private boolean isKept;

    private Held(Source source) {
      this.source = source;
    }

    /** It is released when it was given back as often as it was held, unless it is kept. */
    cl_program program() {
      return program.join();
    }
  }

  /**
   * A built program, which stays until it is given back, or the context closed.
   *
   * @param build builds it if nobody has; what it throws is thrown
   */
  Held hold(Source source, Supplier<cl_program> build) {
    return found(source, build, SharedPrograms::heldOnceMore);
  }

  /** As {@link #hold}, of a program that stays until the context is closed. */
  cl_program keep(Source source, Supplier<cl_program> build) {
    return found(source, build, SharedPrograms::kept).program();
  }

  /**
   * @param noted notes what for, within the step that finds it
   */
  private Held found(Source source, Supplier<cl_program> build, UnaryOperator<Held> noted) {
    Held mine = new Held(source);
    while (true) {
      Held held = programs.compute(source, (_, there) -> noted.apply(there == null ? mine : there));
      if (held == mine) {
        build(mine, build);
        return mine;
      }
      try {
        held.program.join();
        return held;
      } catch (CompletionException e) {
        // The builder's failure, who has taken the program out of the map before.
      }
    }
  }

  private static Held heldOnceMore(Held held) {
    held.times++;
    return held;
  }

  private static Held kept(Held held) {
    held.isKept = true;
    return held;
  }

  private void build(Held held, Supplier<cl_program> build) {
    try {
      held.program.complete(build.get());
      built.incrementAndGet();
    } finally {
      if (!held.program.isDone()) {
        programs.remove(held.source, held);
        held.program.completeExceptionally(new IllegalStateException("it was not built"));
      }
    }
  }

  /** Gives back what {@link #hold} has returned; whoever does it last releases one not kept. */
  void giveBack(Held held) {
    if (programs.computeIfPresent(held.source, (_, there) -> heldOnceLess(there)) == null) {
      release.accept(held.program());
    }
  }

  private static Held heldOnceLess(Held held) {
    held.times--;
    return held.times == 0 && !held.isKept ? null : held;
  }

  /** Programs built so far. */
  long built() {
    return built.get();
  }

  /** Programs that are there. */
  int count() {
    return programs.size();
  }

  /** Releases all that were not given back; when no session uses any. */
  void close() {
    programs.values().forEach(held -> release.accept(held.program()));
    programs.clear();
  }
}
