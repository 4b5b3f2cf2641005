package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.NeuralComparison;

class OpenClNeuralComparisonTest extends NeuralComparison {
  OpenClNeuralComparisonTest() {
    super(Devices.opencl());
  }
}
