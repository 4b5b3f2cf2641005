package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.FactorisationComparison;

class CudaFactorisationComparisonTest extends FactorisationComparison {
  CudaFactorisationComparisonTest() {
    super(Devices.cuda());
  }
}
