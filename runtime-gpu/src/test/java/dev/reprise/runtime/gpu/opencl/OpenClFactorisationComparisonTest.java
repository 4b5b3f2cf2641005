package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.FactorisationComparison;

class OpenClFactorisationComparisonTest extends FactorisationComparison {
  OpenClFactorisationComparisonTest() {
    super(Devices.opencl());
  }
}
