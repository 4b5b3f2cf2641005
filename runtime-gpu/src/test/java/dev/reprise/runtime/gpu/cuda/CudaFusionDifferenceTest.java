package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.Differences;
import dev.reprise.runtime.gpu.FusionDifferences;
import org.junit.jupiter.api.AfterAll;

class CudaFusionDifferenceTest extends FusionDifferences {
  private final Differences differences = new Differences(Devices.cuda());

  @Override
  protected Differences differences() {
    return differences;
  }

  @AfterAll
  void close() {
    differences.close();
  }
}
