package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the parameter server leaves depends on its arguments alone. */
class ParamservTest {
  private static final String SCRIPT =
      """
      gradients = function(list[unknown] model, list[unknown] hyperparams, matrix[double] features,
          matrix[double] labels) return (list[unknown] gradients) {
        W = as.matrix(model["W"])
        gradients = list(W=t(features) %*% (features %*% W - labels))
      }
      update = function(list[unknown] model, list[unknown] gradients, list[unknown] hyperparams)
          return (list[unknown] modelResult) {
        lr = as.double(as.scalar(hyperparams["lr"]))
        modelResult = list(W=as.matrix(model["W"]) - lr * as.matrix(gradients["W"]))
      }
      X = rand(rows=120, cols=10, seed=7)
      y = X %*% seq(1, 10)
      m = list(W=matrix(0, 10, 1))
      """;

  private static final String CALL =
      "r = paramserv(model=m, features=X, labels=y, upd=\"gradients\", agg=\"update\","
          + " epochs=3, batchsize=8, k=4, hyperparams=list(lr=0.01), ARGS)\n"
          + "W = as.matrix(r[\"W\"])\nprint(toString(t(W), decimal=17))\n";

  @TempDir Path folder;

  private static String script(String arguments) {
    return SCRIPT + CALL.replace("ARGS", arguments);
  }

  @Test
  void theModelDoesNotDependOnThreadsAndReuse() {
    for (String utype : new String[] {"BSP", "SBP", "ASP", "SSP"}) {
      String script = script("freq=\"BATCH\", utype=\"" + utype + "\"");
      SessionConfig config = Scripts.config();
      Map<String, SessionConfig> all = new LinkedHashMap<>();
      all.put("one thread", config.withThreads(1));
      all.put("four threads", config.withThreads(4));
      all.put("no reuse", config.withReuse(ReuseMode.NONE));
      all.put("little memory", config.withHostBytes(4 << 20));
      String expected = Scripts.run(config, script).output();
      all.forEach((name, each) -> {
        Scripts.Outcome outcome = Scripts.run(each, script);
        assertThat(outcome.output()).as("%s, %s", utype, name).isEqualTo(expected);
        assertThat(outcome.liveBuffers()).isZero();
      });
    }
  }

  @Test
  void aSecondCallIsFoundAsAWhole() {
    for (String utype : new String[] {"BSP", "ASP"}) {
      String script = script("freq=\"BATCH\", utype=\"" + utype + "\"");
      String twice = script + CALL.replace("ARGS", "freq=\"BATCH\", utype=\"" + utype + "\"");
      RunStatistics once = Scripts.run(script).statistics();
      RunStatistics both = Scripts.run(twice).statistics();
      assertThat(both.of("matmul").executed()).as(utype).isEqualTo(once.of("matmul").executed());
      assertThat(both.functions().hits()).isGreaterThan(once.functions().hits());
    }
  }

  @Test
  void theTrainedModelIsReplayedBitByBit() throws Exception {
    SessionConfig config = Scripts.config().withWorkingDirectory(folder);
    for (String utype : new String[] {"BSP", "SSP"}) {
      Scripts.run(
          config,
          script("utype=\"" + utype + "\", freq=\"BATCH\"")
              + "write(W, \"W.bin\", format=\"binary\")\n");
      ReplayRequest request =
          ReplayRequest.of(folder.resolve("W.bin.lineage")).withStored(folder.resolve("W.bin"));
      try (Session session = Reprise.session(config)) {
        assertThat(session.replay(request).comparison().deviation()).as(utype).isZero();
      }
    }
  }

  @Test
  void checkpointsHoldTheModelAfterAnEpoch() {
    SessionConfig config = Scripts.config().withWorkingDirectory(folder);
    String output =
        Scripts.run(
                config,
                script("utype=\"BSP\", checkpointing=\"EPOCH\", checkpointFile=\"c\"")
                    + "s = resume(\"c\")\nM = as.list(s[\"model\"])\n"
                    + "print(as.scalar(s[\"epoch\"]) + \" \" + sum(as.matrix(M[1]) != W))")
            .output();
    assertThat(output).endsWith("3 0.0\n");
  }

  @Test
  void mistakesSayWhatThereIs() {
    assertThat(Scripts.failure(Scripts.config(), script("utype=\"XSP\"")))
        .hasMessageContaining("utype \"XSP\" is not known; choose BSP, SBP, ASP or SSP");
    assertThat(Scripts.failure(Scripts.config(), script("mode=\"REMOTE_SPARK\"")))
        .hasMessageContaining("only \"LOCAL\"");
    assertThat(Scripts.failure(Scripts.config(), script("scheme=\"X\"")))
        .hasMessageContaining("choose DISJOINT_CONTIGUOUS");
    assertThat(Scripts.failure(Scripts.config(), script("utype=\"ASP\", modelAvg=TRUE")))
        .hasMessageContaining("need utype BSP or SBP");
    String noRows = "X = matrix(0, 0, 10)\ny = matrix(0, 0, 1)\nr = paramserv(";
    assertThat(
            Scripts.failure(
                Scripts.config(), script("mode=\"LOCAL\"").replace("r = paramserv(", noRows)))
        .hasMessageContaining("features have no rows");
    assertThat(
            Scripts.failure(
                Scripts.config(), script("mode=\"LOCAL\"").replace("\"update\"", "\"u\"")))
        .hasMessageContaining("there is no function 'u' [");
    assertThat(
            Scripts.failure(
                Scripts.config(), script("mode=\"LOCAL\"").replace("\"update\"", "\"updtae\"")))
        .hasMessageContaining("there is no function 'updtae'; did you mean 'update'?");
  }

  @Test
  void countsAreWholeNumbers() {
    for (String wrong : new String[] {"1.5", "-1", "NaN", "1 / 0"}) {
      assertThat(
              Scripts.failure(
                  Scripts.config(), script("utype=\"BSP\"").replace("epochs=3", "epochs=" + wrong)))
          .hasMessageContaining("epochs is a whole number of at least 0, but got ");
    }
    for (String name :
        new String[] {"batchsize", "k", "nbatches", "numBackupWorkers", "staleness"}) {
      String call = script(name + "=2.5").replace(", batchsize=8, k=4,", ",");
      assertThat(Scripts.failure(Scripts.config(), call))
          .hasMessageContaining(name + " is a whole number of at least ")
          .hasMessageContaining(", but got 2.5");
    }
  }

  @Test
  void mistakesAreShownAtTheCallOfTheScript() {
    String call = script("utype=\"BSP\"").replace("agg=\"update\"", "agg=\"gradients\"");
    int line = (int) call.substring(0, call.indexOf("r = paramserv(")).lines().count() + 1;
    assertThat(Scripts.failure(Scripts.config(), call))
        .hasMessageStartingWith(
            "<script>:"
                + line
                + ":5: error: function 'gradients' has no parameter 'gradients'; its parameters are"
                + " [model, hyperparams, features, labels]")
        .hasMessageContaining("\n  r = paramserv(model=m")
        .hasMessageContaining("\n      ^~~~~~~~~\n  at reprise:paramserv.dml:")
        .hasMessageContaining("called at <script>:" + line + ":5");
  }
}
