package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChoicesTest {
  @ParameterizedTest
  @CsvSource({
    "auto, auto",
    "CPU, cpu",
    "opencl, opencl:0",
    "OpenCL:12, opencl:12",
    "cuda, cuda:0",
    "cuda:1, cuda:1",
    "auto+opencl, auto+opencl:0",
    "auto+cuda+opencl:1, auto+cuda:0+opencl:1",
    "round-robin+cuda, round-robin+cuda:0",
  })
  void devicesHaveTheirNumber(String word, String device) {
    assertThat(Choices.device("--device", word)).isEqualTo(device);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpu",
        "cuda:",
        "cuda:a",
        "cuda:1000",
        "opencl0",
        "cpu+cuda",
        "auto+",
        "auto+cpu",
        "cuda+opencl",
        "+cuda",
        ""
      })
  void otherWordsAreRefusedInOneLine(String word) {
    assertThatThrownBy(() -> Choices.device("--device", word))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--device: '" + word + "' is unknown; choose auto, cpu, cuda or ")
        .hasMessageNotContaining("\n");
  }
}
