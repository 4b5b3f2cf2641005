package dev.reprise.engine.device;

import dev.reprise.runtime.accelerator.AcceleratorProvider;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/** Where providers of accelerators come from. */
@FunctionalInterface
public interface ProviderSource {
  /** The providers; waits for them where somebody looks already. */
  List<AcceleratorProvider> get();

  /** Says that they will be asked for soon, so that the look may begin. Any thread. */
  default void expect() {}

  /**
   * Those of the class path, looked for once, when they are asked for or expected: every archive of
   * the class path is opened then, which takes 20 ms.
   */
  static ProviderSource ofClassPath() {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    FutureTask<List<AcceleratorProvider>> look = new FutureTask<>(() -> look(loader));
    AtomicBoolean isExpected = new AtomicBoolean();
    return new ProviderSource() {
      @Override
      public List<AcceleratorProvider> get() {
        look.run();
        boolean interrupted = false;
        try {
          while (true) {
            try {
              return look.get();
            } catch (InterruptedException e) {
              // A look takes milliseconds: who interrupts is told after it.
              interrupted = true;
            }
          }
        } catch (ExecutionException e) {
          // Perhaps of another thread and a passing shortage: who asks sees what is wrong now.
          return look(loader);
        } finally {
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
        }
      }

      @Override
      public void expect() {
        if (isExpected.compareAndSet(false, true)) {
          Thread.ofPlatform().daemon().name("reprise-accelerator-look").start(look);
        }
      }
    };
  }

  private static List<AcceleratorProvider> look(ClassLoader loader) {
    return ServiceLoader.load(AcceleratorProvider.class, loader).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }
}
