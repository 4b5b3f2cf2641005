package dev.reprise.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.store.DeviceCost;
import org.junit.jupiter.api.Test;

/** What classes of devices are called. */
class DeviceClassesTest {
  @Test
  void classesAreNamedByInterfaceAndProduct() {
    AcceleratorInfo info =
        new AcceleratorInfo("cuda:1", " NVIDIA\n H100 ", "570", 1, 1, 1, false, true);
    assertThat(DeviceClasses.of(info)).isEqualTo("cuda:NVIDIA H100");
    AcceleratorInfo longNamed =
        new AcceleratorInfo("opencl:0", "p".repeat(500), "3", 1, 1, 1, true, true);
    assertThat(DeviceClasses.of(longNamed)).hasSize(DeviceCost.LONGEST_DEVICE);
  }
}
