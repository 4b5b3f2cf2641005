package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.DeviceReport;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.RunStatistics.DiskUse;
import dev.reprise.RunStatistics.LevelStatistics;
import dev.reprise.RunStatistics.LineageUse;
import dev.reprise.RunStatistics.OpcodeStatistics;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The table, the picture and the JSON of a comparison whose numbers are known. */
class BenchReportTest {
  private static final BenchDevices DEVICES =
      new BenchDevices(
          new DeviceReport(
              List.of(
                  new AcceleratorInfo(
                      "opencl:0", "a processor", "driver 1", 1 << 30, 1 << 28, 2, true, true)),
              List.of("cuda: no driver")));

  private static RunStatistics ran(long millis, DeviceUse... devices) {
    return new RunStatistics(
        millis * 1_000_000,
        List.of(new OpcodeStatistics("tsmm", 10, 1, 3, 2, 0)),
        new LevelStatistics(4, 1, 1, 0),
        LevelStatistics.NONE,
        0,
        List.of(),
        null,
        0,
        0,
        0,
        LineageUse.NONE,
        DiskUse.NONE,
        List.of(devices),
        RunStatistics.PlacementUse.NONE,
        null,
        null,
        null,
        RunStatistics.LoopStatistics.NONE,
        RunStatistics.ViewStatistics.NONE);
  }

  private static DeviceUse used(long busyMillis, long uploads) {
    return new DeviceUse(
        "opencl:0",
        6,
        6,
        0,
        busyMillis * 1_000_000,
        1,
        "'%*%': no memory",
        0,
        0,
        1 << 20,
        0,
        uploads,
        uploads << 10,
        2,
        2 << 10,
        0,
        0,
        0,
        0,
        0,
        0,
        false);
  }

  private static BenchCell cell(String placement, String reuse, RunStatistics... runs) {
    BenchCell cell = new BenchCell(placement, reuse, null);
    List.of(runs).forEach(cell::measured);
    return cell;
  }

  private static BenchPlan plan() {
    BenchCell absent = cell("cuda:0", "none");
    absent.absent("cuda: no driver <here> & now");
    BenchCell other = cell("opencl:0", "none", ran(400, used(100, 3)), ran(600, used(300, 5)));
    other.differs("line 1 is '1', that of cpu/none is '2'");
    return new BenchPlan(
        new ScriptSource(Path.of("a.dml"), null, Map.of()),
        List.of(cell("cpu", "none", ran(800), ran(200), ran(300)), absent, other),
        3,
        1,
        1e-9);
  }

  @Test
  void theTableShowsMediansSpreadTransfersAndShares() {
    assertThat(BenchTable.text(plan(), DEVICES))
        .startsWith("a.dml: 3 runs of each combination, in turns, after 1 to warm up\n")
        .containsPattern("cpu +none +0\\.300 s +0\\.200 to 0\\.800 +7 +- +- +- +- +-\n")
        .containsPattern("cuda:0 +none +absent\n")
        .containsPattern(
            "opencl:0 +none +0\\.500 s +0\\.400 to 0\\.600 +7 +4 \\(4\\.0 KiB\\) +2 \\(2\\.0 KiB\\)"
                + " +6 of 10 +0\\.200 s \\(40\\.0 %\\) +1\n")
        .contains("opencl:0 is a processor, driver 1: this machine's processor")
        .contains("cuda:0 is absent: cuda: no driver")
        .contains("DIFFERENT RESULTS: opencl:0/none: line 1 is '1', that of cpu/none is '2'")
        .doesNotContain("printed the same");
  }

  @Test
  void thePictureHasABarForEachMedianAndAWhiskerFromTheFastestToTheSlowest() throws Exception {
    Document picture =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(BenchPlot.svg(plan()))));
    List<Double> bars = new ArrayList<>();
    NodeList rects = picture.getElementsByTagName("rect");
    for (int i = 1; i < rects.getLength(); i++) {
      bars.add(Double.valueOf(((Element) rects.item(i)).getAttribute("width")));
    }
    // The scale ends at the slowest run, 800 ms, and is 470 wide.
    assertThat(bars).containsExactly(176.3, 293.8);
    List<String> whiskers = new ArrayList<>();
    NodeList paths = picture.getElementsByTagName("path");
    for (int i = 0; i < paths.getLength(); i++) {
      String path = ((Element) paths.item(i)).getAttribute("d");
      if (path.contains("H")) {
        whiskers.add(path.replaceAll("M([0-9.]+) [0-9.]+H([0-9.]+)M.*", "$1 $2"));
      }
    }
    assertThat(whiskers).containsExactly("307.5 660.0", "425.0 542.5");
    assertThat(picture.getDocumentElement().getTextContent())
        .contains("300 ms", "500 ms - other results!", "absent: cuda: no driver <here> & now");
  }

  @Test
  void theJsonHasEveryRunAndTheDevices() throws Exception {
    assertThat(BenchJson.text(plan(), DEVICES))
        .contains("\"wallNanos\" : [ 800000000, 200000000, 300000000 ]")
        .contains("\"medianNanos\" : 300000000", "\"medianNanos\" : 500000000")
        .contains("\"outcome\" : \"absent\"", "\"functionHits\" : 4", "\"busyNanos\" : 200000000")
        .contains("\"product\" : \"a processor\"");
  }

  @Test
  void printedNumbersMayDifferWithinTheToleranceAndWordsMayNot() {
    PrintedResults results = new PrintedResults(1e-9);
    assertThat(results.difference("a", "x = 1.0000000001\n", "b", "x = 1.0\n")).isEmpty();
    assertThat(results.difference("a", "1e-12 5\n", "b", "0.0 5\n")).isEmpty();
    assertThat(results.difference("a", "100000000000\n", "b", "100000000001\n")).isEmpty();
    assertThat(results.difference("a", " 1.5  2\n", "b", "-1.5 2\n"))
        .hasValue("line 1 is '-1.5 2', that of a is '1.5  2'");
    assertThat(results.difference("a", "1\nx 1.001\n", "b", "1\nx 1.002\n"))
        .hasValue("line 2 is 'x 1.002', that of a is 'x 1.001'");
    assertThat(results.difference("a", "NaN\n", "b", "1\n")).isPresent();
    assertThat(results.difference("a", "yes 1\n", "b", "no 1\n")).isPresent();
    assertThat(results.difference("a", "1\n", "b", "1\n2\n")).hasValue("b printed 2 lines, a 1");
    assertThat(new PrintedResults(1e-2).difference("a", "1.001\n", "b", "1.002\n")).isEmpty();
  }

  @Test
  void theMedianOfAnEvenNumberOfRunsLiesInTheMiddle() {
    assertThat(cell("cpu", "none", ran(4), ran(1), ran(2), ran(3)).medianNanos())
        .isEqualTo(2_500_000);
    assertThat(cell("cpu", "none").medianNanos()).isZero();
  }
}
