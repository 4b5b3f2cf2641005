package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.CreateDifferences;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.Differences;
import org.junit.jupiter.api.AfterAll;

class CudaCreateDifferenceTest extends CreateDifferences {
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
