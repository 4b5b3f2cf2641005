package dev.reprise.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.accelerator.AcceleratorProvider;
import java.util.List;
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
}
