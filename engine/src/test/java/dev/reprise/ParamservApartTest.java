package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Steps of ASP and SSP are computed at the same time, and leave what they would have left one after
 * the other.
 */
class ParamservApartTest {
  private static final String NETWORK =
      """
      gradients = function(list[unknown] model, list[unknown] hyperparams, matrix[double] features,
          matrix[double] labels) return (list[unknown] gradients) {
        H = max(features %*% as.matrix(model["V"]), 0)
        E = (H %*% as.matrix(model["W"]) - labels) / nrow(features)
        gradients = list(V=t(features) %*% ((E %*% t(as.matrix(model["W"]))) * (H > 0)), W=t(H) %*% E)
      }
      update = function(list[unknown] model, list[unknown] gradients, list[unknown] hyperparams)
          return (list[unknown] modelResult) {
        lr = as.double(as.scalar(hyperparams["lr"]))
        modelResult = list(V=as.matrix(model["V"]) - lr * as.matrix(gradients["V"]),
          W=as.matrix(model["W"]) - lr * as.matrix(gradients["W"]))
      }
      X = rand(rows=101, cols=10, seed=7)
      y = X %*% seq(1, 10) / 10
      m = list(V=rand(rows=10, cols=6, seed=8), W=rand(rows=6, cols=1, seed=9))
      """;

  private static final String PRINT =
      "print(toString(as.matrix(r[1]), decimal=17) + toString(as.matrix(r[2]), decimal=17))\n";

  @TempDir Path folder;

  /** How a training is called: what paramserv and the definition both take. */
  private record Call(String utype, String freq, int k, int ahead, String scheme) {
    String paramserv() {
      return ("r = paramserv(model=m, features=X, labels=y, upd=\"gradients\", agg=\"update\","
              + " utype=\"%s\", freq=\"%s\", nbatches=2, epochs=3, batchsize=6, k=%d,"
              + " scheme=\"%s\", hyperparams=list(lr=0.1), staleness=%d, seed=5)\n")
          .formatted(utype, freq, k, scheme, ahead);
    }

    String definition() {
      return "r = apart(m, X, y, \"%s\", 2, 3, 6, %d, \"%s\", list(lr=0.1), %d, 5)\n"
          .formatted(freq, k, scheme, utype.equals("ASP") ? 1000 : ahead);
    }
  }

  /** Of which a step is computed with others however small it is. */
  private static final Call SEVERAL_BATCHES =
      new Call("SSP", "NBATCHES", 4, 1, "DISJOINT_CONTIGUOUS");

  private static final List<Call> CALLS =
      List.of(
          new Call("ASP", "BATCH", 4, 0, "DISJOINT_CONTIGUOUS"),
          new Call("ASP", "NBATCHES", 2, 0, "DISJOINT_RANDOM"),
          new Call("ASP", "EPOCH", 3, 0, "OVERLAP_RESHUFFLE"),
          new Call("SSP", "BATCH", 3, 0, "DISJOINT_ROUND_ROBIN"),
          new Call("SSP", "BATCH", 5, 2, "DISJOINT_CONTIGUOUS"),
          SEVERAL_BATCHES);

  private static String definition() throws IOException {
    String name = "/paramserv/one-after-the-other.dml";
    try (InputStream text = ParamservApartTest.class.getResourceAsStream(name)) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Map<String, SessionConfig> ways(Precision precision) {
    SessionConfig config = Scripts.config().withPrecision(precision);
    Map<String, SessionConfig> ways = new LinkedHashMap<>();
    ways.put("one thread", config.withThreads(1));
    ways.put("two threads", config);
    ways.put("four threads", config.withThreads(4));
    ways.put("no reuse", config.withReuse(ReuseMode.NONE));
    ways.put("no reuse, one thread", config.withReuse(ReuseMode.NONE).withThreads(1));
    ways.put("full reuse", config.withReuse(ReuseMode.FULL));
    ways.put("little memory", config.withHostBytes(4 << 20));
    ways.put("nothing stored once", config.withDedup(false));
    return ways;
  }

  @Test
  void theModelHasTheBitsOfOneStepAfterTheOther() throws Exception {
    StringBuilder defined = new StringBuilder(definition()).append(NETWORK);
    StringBuilder trained = new StringBuilder(NETWORK);
    for (Call call : CALLS) {
      defined.append(call.definition()).append(PRINT);
      trained.append(call.paramserv()).append(PRINT);
    }
    for (Precision precision : new Precision[] {Precision.FP64, Precision.FP32}) {
      SessionConfig plain = Scripts.config().withPrecision(precision).withReuse(ReuseMode.NONE);
      String expected = Scripts.run(plain.withThreads(1), defined.toString()).output();
      ways(precision)
          .forEach((way, config) -> {
            Scripts.Outcome outcome = Scripts.run(config, trained.toString());
            assertThat(outcome.output()).as("%s, %s", precision, way).isEqualTo(expected);
            assertThat(outcome.liveBuffers()).isZero();
          });
    }
  }

  /** A parfor tells its iterations: as many as steps are computed together. */
  @Test
  void stepsThatHaveBegunAreComputedTogether() {
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    SessionConfig config =
        Scripts.config().withProgress((done, total, text) -> heard.add(done + "/" + total));
    String epoch = SEVERAL_BATCHES.paramserv().replace("epochs=3", "epochs=1");
    Scripts.run(config, NETWORK + epoch);
    assertThat(heard.removeLast()).as("the epoch").isEqualTo("1.0/1.0");
    // Three workers with 26 rows each and one with 23, in batches of six, two for each step.
    assertThat(heard).hasSize(11);
    assertThat(heard.subList(0, 4))
        .containsExactlyInAnyOrder("1.0/4.0", "2.0/4.0", "3.0/4.0", "4.0/4.0");
    assertThat(heard.stream().filter(each -> each.startsWith("1.0/")).count()).isLessThan(6);
  }

  /** The step that is computed first is not through before the second one is. */
  @Test
  void twoStepsAreUnderWayAtTheSameTime() {
    CountDownLatch two = new CountDownLatch(2);
    List<Boolean> met = Collections.synchronizedList(new ArrayList<>());
    SessionConfig config =
        Scripts.config()
            .withProgress((done, total, text) -> {
              two.countDown();
              try {
                met.add(two.await(1, TimeUnit.MINUTES));
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    Scripts.run(config, NETWORK + SEVERAL_BATCHES.paramserv());
    assertThat(met).isNotEmpty().doesNotContain(false);
  }

  @Test
  void theTrainedModelIsReplayedBitByBit() throws Exception {
    for (Precision precision : new Precision[] {Precision.FP64, Precision.FP32}) {
      SessionConfig config = Scripts.config().withPrecision(precision).withWorkingDirectory(folder);
      for (Call call : CALLS) {
        String write = "write(as.matrix(r[\"V\"]), \"V.bin\", format=\"binary\")\n";
        Scripts.run(config, NETWORK + call.paramserv() + write);
        ReplayRequest request =
            ReplayRequest.of(folder.resolve("V.bin.lineage")).withStored(folder.resolve("V.bin"));
        try (Session session = Reprise.session(config.withThreads(1))) {
          assertThat(session.replay(request).comparison().deviation())
              .as("%s, %s", precision, call)
              .isZero();
        }
      }
    }
  }

  /** Nor does it say how virtual time went on. */
  @Test
  void theLineageIsTheSameWithAnyNumberOfThreads() {
    for (Call call : CALLS) {
      String script = NETWORK + call.paramserv() + "print(lineage(as.matrix(r[\"V\"])))\n";
      String alone = Scripts.run(Scripts.config().withThreads(1), script).output();
      assertThat(Scripts.run(Scripts.config().withThreads(4), script).output()).isEqualTo(alone);
      assertThat(alone).contains("matmul").doesNotContain("rowIndexMin", "order", "leftIndex");
    }
  }

  @Test
  void aSecondCallIsFoundAsAWhole() {
    for (Call call : CALLS) {
      String once = NETWORK + call.paramserv();
      RunStatistics first = Scripts.run(once).statistics();
      RunStatistics both = Scripts.run(once + call.paramserv()).statistics();
      assertThat(both.of("matmul").executed()).isEqualTo(first.of("matmul").executed());
      assertThat(both.functions().hits()).isGreaterThan(first.functions().hits());
    }
  }

  /** What the system draws follows from the run's seed and the place, not from who is faster. */
  @Test
  void dropoutWithoutASeedIsTheSameInEachRunOfASeed() {
    String dropout =
        NETWORK.replace(
            "model[\"V\"]), 0)\n",
            "model[\"V\"]), 0)\n  [H, mask] = dropout::forward(H, 0.5, -1)\n");
    String script = "source(\"nn/layers/dropout.dml\") as dropout\n" + dropout;
    for (Call call : CALLS) {
      String training = script + call.paramserv() + PRINT;
      String expected = Scripts.run(Scripts.config().withThreads(1), training).output();
      for (int threads : new int[] {2, 4}) {
        for (ReuseMode reuse : new ReuseMode[] {ReuseMode.NONE, ReuseMode.HYBRID}) {
          SessionConfig config = Scripts.config().withThreads(threads).withReuse(reuse);
          assertThat(Scripts.run(config, training).output()).as("%s", call).isEqualTo(expected);
        }
      }
      assertThat(Scripts.run(Scripts.config().withSeed(43), training).output())
          .isNotEqualTo(expected);
    }
  }

  @Test
  void whatStepsPrintComesInTheOrderInWhichTheyFinish() {
    String loud =
        NETWORK.replace(
            "  H = max(", "  print(\"rows from \" + as.scalar(features[1, 1]))\n  H = max(");
    String script =
        loud.replace("X = rand(rows=101, cols=10, seed=7)", "X = matrix(seq(1, 1010), 101, 10)");
    String training = script + SEVERAL_BATCHES.paramserv().replace("epochs=3", "epochs=1");
    String expected = Scripts.run(Scripts.config().withThreads(1), training).output();
    assertThat(expected.lines().distinct()).hasSize(19);
    for (int i = 0; i < 5; i++) {
      assertThat(Scripts.run(Scripts.config().withThreads(4), training).output())
          .isEqualTo(expected);
    }
  }

  /** Two steps of those that are computed together fail: the one that finishes first counts. */
  @Test
  void theFailureIsThatOfTheStepThatFinishesFirst() {
    String failing =
        NETWORK.replace(
            "  H = max(",
            "  if (TRUE) stop(\"rows from \" + as.scalar(features[1, 1]))\n  H = max(");
    String script =
        failing.replace("X = rand(rows=101, cols=10, seed=7)", "X = matrix(seq(1, 1010), 101, 10)")
            + SEVERAL_BATCHES.paramserv();
    int line = (int) script.substring(0, script.indexOf("r = paramserv(")).lines().count() + 1;
    String alone = Scripts.failure(Scripts.config().withThreads(1), script).getMessage();
    assertThat(alone).contains("rows from ").contains("called at <script>:" + line + ":5");
    for (int i = 0; i < 5; i++) {
      assertThat(Scripts.failure(Scripts.config().withThreads(4), script)).hasMessage(alone);
    }
  }

  @Test
  void epochsThatAllWorkersAreThroughWithAreTold() {
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    SessionConfig config =
        Scripts.config()
            .withProgress((done, total, text) -> {
              if (text.equals("paramserv")) {
                heard.add(done + "/" + total);
              }
            });
    for (Call call : CALLS) {
      heard.clear();
      Scripts.run(config, NETWORK + call.paramserv());
      assertThat(heard).as("%s", call).containsExactly("1.0/3.0", "2.0/3.0", "3.0/3.0");
    }
  }
}
