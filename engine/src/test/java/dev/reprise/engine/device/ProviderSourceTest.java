package dev.reprise.engine.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.accelerator.AcceleratorProvider;
import java.io.IOException;
import java.net.URL;
import java.util.Enumeration;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ProviderSourceTest {

  @Test
  void theClassPathIsLookedThroughOnce() {
    ProviderSource source = ProviderSource.ofClassPath();
    source.expect();
    source.expect();
    List<AcceleratorProvider> found = source.get();
    assertThat(source.get()).isSameAs(found);
  }

  @Test
  void whoAsksWithoutExpectingFindsTheSameKinds() {
    ProviderSource expected = ProviderSource.ofClassPath();
    expected.expect();
    assertThat(ProviderSource.ofClassPath().get().stream().map(AcceleratorProvider::kind))
        .containsExactlyElementsOf(expected.get().stream().map(AcceleratorProvider::kind).toList());
  }

  @Test
  void anInterruptIsKeptForAfterTheLook() {
    ProviderSource source = ProviderSource.ofClassPath();
    Thread.currentThread().interrupt();
    List<AcceleratorProvider> found = source.get();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(source.get()).isSameAs(found);
  }

  /** As where the memory for it is missing for a moment. */
  @Test
  void aLookThatFailedIsDoneAgainByWhoAsks() {
    AtomicBoolean fails = new AtomicBoolean(true);
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread()
        .setContextClassLoader(
            new ClassLoader(before) {
              @Override
              public Enumeration<URL> getResources(String name) throws IOException {
                if (fails.get()) {
                  throw new IOException("not now");
                }
                return super.getResources(name);
              }
            });
    try {
      ProviderSource source = ProviderSource.ofClassPath();
      assertThatThrownBy(source::get).isInstanceOf(ServiceConfigurationError.class);
      fails.set(false);
      assertThat(source.get().stream().map(AcceleratorProvider::kind))
          .containsExactlyElementsOf(
              ProviderSource.ofClassPath().get().stream().map(AcceleratorProvider::kind).toList());
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }
}
