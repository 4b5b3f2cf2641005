package dev.reprise.runtime.cpu.blas;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * OpenBLAS, loaded when the first kernel needs it; plain Java where it cannot be loaded.
 * Thread-safe.
 */
public final class LazyBlas {
  private final NativeLocation location;
  // Publishes the finished object; written once under the lock.
  private volatile Blas blas;
  private volatile List<String> notes = List.of();
  // True once a background load was asked for; only the first request starts a thread.
  private final AtomicBoolean begun = new AtomicBoolean();

  public LazyBlas(NativeLocation location) {
    this.location = location;
  }

  /** The products; loads the library on the first call, which takes 0.05 to 0.3 s. */
  public Blas get() {
    Blas loaded = blas;
    return loaded == null ? load() : loaded;
  }

  /**
   * Begins to load the library on a thread of its own, so that it is there when the first product
   * comes; that one waits for the rest.
   */
  public void loadInBackground() {
    if (begun.compareAndSet(false, true) && blas == null) {
      Thread thread =
          new Thread(
              () -> {
                if (get() instanceof OpenBlas open) {
                  open.bindProducts();
                }
              },
              "reprise-blas-loader");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** The factorisations; loads the library as {@link #get} does. */
  public Lapack lapack() {
    return get() instanceof OpenBlas open ? open.lapack() : new JavaLapack();
  }

  /** Says why plain Java stands in for OpenBLAS, once that is known to be so; else empty. */
  public List<String> notes() {
    return notes;
  }

  private synchronized Blas load() {
    if (blas == null) {
      try {
        blas = OpenBlas.load(location);
      } catch (IOException | UnsatisfiedLinkError | IllegalCallerException e) {
        notes =
            List.of("products run in plain Java, many times slower than OpenBLAS: " + reason(e));
        blas = new JavaBlas();
      }
    }
    return blas;
  }

  private static String reason(Throwable e) {
    return e.getCause() == null
        ? e.getMessage()
        : e.getMessage() + ": " + e.getCause().getMessage();
  }
}
