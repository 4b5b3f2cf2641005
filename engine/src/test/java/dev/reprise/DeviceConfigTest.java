package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeviceConfigTest {
  @Test
  void anAcceleratorWithoutANumberIsTheFirstOfItsKind() {
    assertThat(DeviceConfig.of("opencl")).isEqualTo(DeviceConfig.of("opencl:0"));
    assertThat(DeviceConfig.of("cuda").isFixed()).isTrue();
    assertThat(new DeviceConfig("auto", List.of("cuda", "opencl:1"), Map.of("cuda", 5L)))
        .isEqualTo(new DeviceConfig("auto", List.of("cuda:0", "opencl:1"), Map.of("cuda:0", 5L)));
  }

  @Test
  void otherNamesAndTwoBudgetsForOneAreRefused() {
    assertThatThrownBy(() -> DeviceConfig.of("gpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no placement 'gpu'");
    Map<String, Long> twice = Map.of("cuda", 1L, "cuda:0", 2L);
    assertThatThrownBy(() -> new DeviceConfig("auto", List.of(), twice))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two budgets for 'cuda:0'");
  }
}
