package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.ReuseForecast;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.CacheContents;
import dev.reprise.RunStatistics.DiskUse;
import dev.reprise.RunStatistics.LevelStatistics;
import dev.reprise.RunStatistics.LineageUse;
import dev.reprise.RunStatistics.OpcodeStatistics;
import dev.reprise.RunStatistics.RewriteStatistics;
import dev.reprise.StoreUse;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatisticsReportTest {
  private static final RunStatistics RUN =
      new RunStatistics(
          1_500_000_000L,
          List.of(
              new OpcodeStatistics("tsmm", 2, 1_200_000_000L, 8, 2, 1),
              new OpcodeStatistics("solve", 10, 100_000_000L, 0, 10, 0),
              new OpcodeStatistics("+", 30, 1_000L, 0, 0, 0)),
          new LevelStatistics(3, 1, 2_000_000_000L, 2),
          LevelStatistics.NONE,
          4_000_000_000L,
          List.of(new RewriteStatistics("self-product-of-blocks", 3, 2_000_000_000L)),
          new CacheContents(
              12,
              3 << 20,
              13,
              2,
              1,
              2_500_000L,
              0,
              0,
              4,
              5 << 20,
              6,
              3,
              9,
              2,
              Map.of("memory_pressure", 1L)),
          5 << 20,
          9 << 20,
          1L << 30,
          new LineageUse(2 << 20, 4 << 20, 512 << 20, 3),
          new DiskUse(
              1 << 20, 2 << 20, 1 << 30, 7, 4 << 20, 3, 3 << 20, 5, 1, 0, 0, 2, 6L << 30, 2e9, 1e9),
          List.of(),
          new RunStatistics.PlacementUse(
              List.of(new RunStatistics.EstimateUse("cpu", 40, 0.0625)),
              List.of("cuda: no driver")),
          new RunStatistics.Verification(7, 2, 1e-15),
          new StoreUse(
              "s",
              4,
              3,
              2,
              1_000_000_000L,
              2 << 20,
              5,
              1 << 20,
              1,
              1,
              1,
              3,
              1,
              4,
              2,
              0,
              6,
              2,
              1,
              "the disk is full"),
          new ReuseForecast(
              21,
              8,
              133_000_000L,
              20_000,
              List.of(
                  new ReuseForecast.Statement("tsmm", "a.dml:3", 5, 4, 87_000_000L, 19_600),
                  new ReuseForecast.Statement("colSums", "", 5, 4, 46_000_000L, 400),
                  new ReuseForecast.Statement("solve", "a.dml:4", 11, 0, 0, 0))),
          new RunStatistics.LoopStatistics(968, 2, 4, 3),
          new RunStatistics.ViewStatistics(1250, 64L << 20, 3));

  @Test
  void theTableShowsTimesHitsAndMemory() {
    assertThat(StatisticsTable.text(RUN, 2))
        .contains("1.500 s", "42 executed", "8 hits, 1 waits, 12 misses (42.9 % reused)")
        .contains("whole calls   3 found (2 by equal contents), 1 executed (75.0 % reused)")
        .contains("1 evicted in 0.003 s; 9 whole calls or blocks can be skipped, 2 lost a value")
        .contains("968 iterations stored without their items, 2 traced after all")
        .contains("4 on disk, 6 moved there, 3 brought back")
        .contains("2.0 MiB of heap, 4.0 MiB at the peak, 512.0 MiB allowed; the traces of 3 values")
        .contains("4.000 s", "12 values, 3.0 MiB", "1 evicted", "9.0 MiB at the peak")
        .contains("7 values written (4.0 MiB, 1.9 GiB/s), 3 read back (3.0 MiB, 953.7 MiB/s)")
        .contains("store         4 values found (2.0 MiB, 1.000 s saved), 2 calls and blocks")
        .contains("1 waits for other processes, 1 damaged, 1 dropped; the disk is full")
        .contains(
            "estimates     cpu 40, half of them within 6.3 %", "absent        cuda: no driver")
        .containsPattern("tsmm +2 +1\\.200 s +8 +2 +1")
        .contains("and 1 more")
        .contains("3 values, about 2.000 s of work saved")
        .containsPattern("self-product-of-blocks +3 +2\\.000 s")
        .doesNotContain("+ ", "whole blocks");
  }

  @Test
  void theTableWithoutACacheIsSilentAboutReuse() {
    RunStatistics run =
        new RunStatistics(
            1,
            List.of(),
            LevelStatistics.NONE,
            LevelStatistics.NONE,
            0,
            List.of(),
            null,
            0,
            0,
            1,
            LineageUse.NONE,
            DiskUse.NONE,
            List.of(),
            RunStatistics.PlacementUse.NONE,
            null,
            null,
            null,
            RunStatistics.LoopStatistics.NONE,
            RunStatistics.ViewStatistics.NONE);
    assertThat(StatisticsTable.text(run, 10))
        .doesNotContain("loops")
        .doesNotContain("saved")
        .doesNotContain("misses");
  }

  @Test
  void theLineOfADeviceSaysWhatCameFromPeersWhatWasLostAndWhatItCouldNotDo() {
    RunStatistics.DeviceUse device =
        new RunStatistics.DeviceUse(
            "cuda:1",
            3,
            4,
            2,
            0,
            7,
            "'%*%': no memory",
            0,
            0,
            1,
            0,
            0,
            0,
            0,
            0,
            4,
            8 << 20,
            0,
            0,
            2,
            5,
            true);
    RunStatistics run =
        new RunStatistics(
            1,
            List.of(),
            LevelStatistics.NONE,
            LevelStatistics.NONE,
            0,
            List.of(),
            null,
            0,
            0,
            1,
            LineageUse.NONE,
            DiskUse.NONE,
            List.of(device),
            RunStatistics.PlacementUse.NONE,
            null,
            null,
            null,
            RunStatistics.LoopStatistics.NONE,
            RunStatistics.ViewStatistics.NONE);
    assertThat(StatisticsTable.text(run, 10))
        .contains("3 operations, 4 launches, 2 iterations at once")
        .contains("4 from other devices (8.0 MiB)")
        .contains("the cache made room 2 times")
        .contains("it was lost, 5 values were computed again")
        .contains("7 operations ran on the processor instead, first '%*%': no memory");
  }

  @Test
  void checkedReuseIsCountedInTheTable() {
    assertThat(StatisticsTable.text(RUN, 2))
        .contains("7 found values computed again, 2 of them with rewritten parts")
        .contains("worst deviation 1.0E-15");
  }

  @Test
  void theForecastListsStatementsThatComputeAgain() {
    assertThat(ForecastTable.text(RUN.forecast(), 1))
        .contains("reuse would have saved 0.133 s: 8 of 21 operations computed a value again")
        .contains("memory for their values: 19.5 KiB")
        .containsPattern("tsmm +5 +4 +0\\.087 s +19\\.1 KiB +a\\.dml:3\n")
        .contains("and 1 more")
        .doesNotContain("solve");
  }

  @Test
  void theJsonHasTheDocumentedFields() throws IOException {
    StringWriter json = new StringWriter();
    StatisticsJson.write(RUN, "tf32", json);
    assertThat(json.toString().replaceAll("\\s", ""))
        .contains(
            "\"version\":1",
            "\"precision\":\"tf32\"",
            "\"wallNanos\":1500000000",
            "\"executed\":42")
        .contains("\"loops\":{\"recorded\":968,\"left\":2,\"givenUp\":4,\"resumed\":3}")
        .contains(
            "\"levels\":{\"function\":{\"hits\":3,\"misses\":1,\"savedNanos\":2000000000,"
                + "\"byContents\":2},"
                + "\"block\":{\"hits\":0,\"misses\":0,\"savedNanos\":0,\"byContents\":0},"
                + "\"instruction\":{\"hits\":8,\"misses\":12,\"waits\":1}}")
        .contains(
            "\"partial\":[{\"rewrite\":\"self-product-of-blocks\",\"hits\":3,"
                + "\"savedNanos\":2000000000}]")
        .contains("\"host\":{\"bytes\":5242880,\"peakBytes\":9437184,\"budgetBytes\":1073741824}")
        .contains("\"disk\":{\"bytes\":1048576,\"peakBytes\":2097152,", "\"liveSpills\":5")
        .contains(
            "\"evictionsByReason\":{\"memory_pressure\":1}",
            "\"diskBytes\":5242880",
            "\"lineage\":{\"bytes\":2097152,\"peakBytes\":4194304",
            "\"groups\":9,\"groupsBroken\":2")
        .contains("\"evictions\":1", "\"evictionNanos\":2500000")
        .contains("\"verification\":{\"values\":7,\"approximate\":2,\"worstDeviation\":1.0E-15}")
        .contains("\"estimate\":{\"computations\":21,\"repeated\":8,\"savedNanos\":133000000,")
        .contains("{\"opcode\":\"tsmm\",\"place\":\"a.dml:3\",\"computations\":5,\"repeated\":4,")
        .contains(
            "{\"opcode\":\"tsmm\",\"executed\":2,\"nanos\":1200000000,\"hits\":8,\"misses\":2,"
                + "\"waits\":1}");
  }

  @Test
  void aPrecisionOtherThanTheUsualOneHasALine() {
    assertThat(StatisticsTable.precision("fp64")).isEmpty();
    assertThat(StatisticsTable.precision("fp32")).contains("precision     fp32");
    assertThat(StatisticsTable.precision("tf32")).contains("rounded to 11 bits");
    assertThat(StatisticsTable.precision("bf16")).contains("rounded to 8 bits");
  }

  @Test
  void anUnwritableFileIsTold(@TempDir Path folder) {
    assertThatThrownBy(() -> StatisticsJson.write(RUN, "fp64", folder.resolve("none/s.json")))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("no such file or folder");
  }
}
