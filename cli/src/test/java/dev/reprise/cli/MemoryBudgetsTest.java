package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryBudgetsTest {

  @Test
  void everyLocationOfTheTableIsRead() {
    MemoryBudgets budgets = MemoryBudgets.parse("host=4g,disk=50g,cuda:0=8g,lineage=512m");
    assertThat(budgets.bytes("host")).hasValue(4L << 30);
    assertThat(budgets.bytes("disk")).hasValue(50L << 30);
    assertThat(budgets.bytes("cuda:0")).hasValue(8L << 30);
    assertThat(budgets.bytes("lineage")).hasValue(512L << 20);
    assertThat(budgets.bytes("cuda:1")).isEmpty();
    assertThat(budgets.ofAccelerators()).containsOnly(Map.entry("cuda:0", 8L << 30));
  }

  @Test
  void capitalsAreReadAlikeInEveryLanguage() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr-TR")); // Where a small I has no dot.
    try {
      MemoryBudgets budgets = MemoryBudgets.parse("DISK=4GIB,LINEAGE=512MIB");
      assertThat(budgets.bytes("disk")).hasValue(4L << 30);
      assertThat(budgets.bytes("lineage")).hasValue(512L << 20);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void anAcceleratorWithoutANumberIsTheFirstOfItsKind() {
    MemoryBudgets budgets = MemoryBudgets.parse("cuda=8g,opencl=1g,opencl:1=2g");
    assertThat(budgets.ofAccelerators())
        .containsOnly(
            Map.entry("cuda:0", 8L << 30),
            Map.entry("opencl:0", 1L << 30),
            Map.entry("opencl:1", 2L << 30));
    assertThatThrownBy(() -> MemoryBudgets.parse("cuda=8g,CUDA:0=1g"))
        .isInstanceOf(UsageException.class)
        .hasMessage("--memory: location 'cuda:0' is given twice");
    assertThatThrownBy(() -> MemoryBudgets.parse("cuda:=8g"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("unknown location 'cuda:'")
        .hasMessageContaining("cuda or cuda:i, opencl or opencl:i");
  }

  @Test
  void theDiskCanBeSwitchedOff() {
    assertThat(MemoryBudgets.parse("disk=0").bytes("disk")).hasValue(0);
    assertThatThrownBy(() -> MemoryBudgets.parse("host=0")).isInstanceOf(UsageException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1000, 1000",
    "2k, 2048",
    "1.5g, 1610612736",
    "4GiB, 4294967296",
    "3MB, 3145728"
  })
  void sizesArePowersOf1024(String text, long bytes) {
    assertThat(MemoryBudgets.parseSize(text, "--memory")).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "host", "host=", "host=g", "host=-1g", "host=0", "host=4x", "host=1.2.3g"})
  void whatIsNoSizeIsRefusedInOneLine(String text) {
    assertThatThrownBy(() -> MemoryBudgets.parse(text))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--memory")
        .hasMessageNotContaining("\n");
  }

  @Test
  void hugeSizesAreRefused() {
    assertThatThrownBy(() -> MemoryBudgets.parse("host=99999999999t"))
        .isInstanceOf(UsageException.class);
  }

  @Test
  void aMisspeltLocationIsAnsweredWithTheNearest() {
    assertThatThrownBy(() -> MemoryBudgets.parse("hots=4g"))
        .hasMessageContaining("did you mean 'host'?");
    assertThatThrownBy(() -> MemoryBudgets.parse("host=4g,host=5g"))
        .hasMessageContaining("given twice");
  }
}
