package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Training of networks that are lists of layers: frozen layers are computed once, what is trained
 * is the same however values are found, and mistakes are told by their place.
 */
class SequentialTrainTest {
  /** 128 images of 16 x 16 of two kinds, and a network whose filters may stay as they are. */
  private static final String NETWORK =
      """
      source("nn/sequential.dml") as net
      source("nn/sequential_optim.dml") as optim
      source("nn/sequential_train.dml") as train
      r = function(Integer rows, Integer cols, Integer seed) return (Matrix[Double] M) {
        M = rand(rows=rows, cols=cols, min=-0.3, max=0.3, seed=seed)
      }
      y = seq(1, 128) %% 2 + 1
      X = rand(rows=128, cols=256, seed=1) + (y - 1) %*% (t(seq(1, 256)) %% 7) / 20
      model = list(list(layer="conv2d", W=r(8, 25, 7), b=r(8, 1, 8), C=1, Hin=16, Win=16, Hf=5, Wf=5, strideh=1, stridew=1, padh=2, padw=2),
        list(layer="batch_norm2d", gamma=matrix(1, 8, 1), beta=matrix(0, 8, 1), ema_mean=r(8, 1, 9), ema_var=matrix(1, 8, 1), C=8, Hin=16, Win=16, epsilon=1e-5),
        list(layer="relu"), list(layer="max_pool2d", C=8, Hin=16, Win=16, Hf=4, Wf=4, strideh=4, stridew=4, padh=0, padw=0),
        list(layer="residual", shortcut=list(), main=list(list(layer="affine", W=r(128, 128, 10) / 4, b=r(1, 128, 11)), list(layer="relu"), list(layer="dropout", p=0.8))),
        list(layer="affine", W=r(128, 2, 12), b=r(1, 2, 13)), list(layer="log_softmax"))
      """;

  @TempDir Path folder;

  @Test
  void frozenLayersAreComputedInTheFirstEpochOnly() {
    RunStatistics statistics =
        EqualRuns.of(
            NETWORK
                + """
                [trained, losses] = sequentialTrain(X=X, Y=y, model=model, frozen=4, lr=0.002, batch_size=32, epochs=5, seed=3)
                print(toString(losses, decimal=12))
                """);
    assertThat(statistics.of("conv2d").executed()).isEqualTo(4);
    assertThat(statistics.of("conv2d_backward_filter").executed()).isZero();
    assertThat(statistics.of("conv2d").hits() + statistics.functions().hits())
        .isGreaterThanOrEqualTo(16);
  }

  @Test
  void otherHeadsFindWhatFrozenLayersPutOut() {
    RunStatistics statistics =
        EqualRuns.of(
            NETWORK
                + """
                [base, rest] = train::split(model, 4)
                for (k in 1:3) {
                  head = list(list(layer="affine", W=r(128, 2, 20 + k), b=r(1, 2, 30)))
                  [trained, losses] = sequentialTrain(X=X, Y=y, model=head, base=base, optimizer="momentum", lr=0.01 * k, batch_size=32, epochs=2, seed=3)
                  print(toString(losses, decimal=12))
                }
                """);
    assertThat(statistics.of("conv2d").executed()).isEqualTo(4);
  }

  @Test
  void trainingAllLayersIsTheSameHoweverValuesAreFound() {
    RunStatistics statistics =
        EqualRuns.of(
            NETWORK
                + """
                [trained, losses] = sequentialTrain(X=X, Y=y, model=model, lr=0.002, batch_size=50, epochs=2, seed=3, shuffle=TRUE, max_norm=1)
                print(toString(losses, decimal=12))
                print(toString(net::forward(X[1:4, ], trained), decimal=12))
                """);
    assertThat(statistics.of("conv2d_backward_filter").executed()).isEqualTo(6);
    // Nothing asks for the gradient of the images.
    assertThat(statistics.of("conv2d_backward_data").executed()).isZero();
  }

  @Test
  void whatIsFrozenStaysAsItIs() {
    String output =
        output(
            NETWORK
                + """
                [trained, losses] = sequentialTrain(X=X, Y=y, model=model, frozen=4, lr=0.01, batch_size=32, epochs=3, seed=3)
                for (i in 1:6) {
                  [a, rest] = train::split(model, i)
                  [a, own] = train::split(a, i - 1)
                  [b, rest] = train::split(trained, i)
                  [b, other] = train::split(b, i - 1)
                  print(i + " " + (toString(own) == toString(other)))
                }
                print(as.scalar(losses[3, 1]) < as.scalar(losses[1, 1]))
                """);
    assertThat(output).isEqualTo("1 TRUE\n2 TRUE\n3 TRUE\n4 TRUE\n5 FALSE\n6 FALSE\nTRUE\n");
  }

  /** The last epochs do not lower the loss of the examples that are kept apart. */
  @Test
  void stopsEarlyAndGivesTheBestModel() {
    String output =
        output(
            NETWORK
                + """
                V = rand(rows=20, cols=256, seed=2)
                v = round(rand(rows=20, cols=1, seed=3)) + 1
                [trained, losses] = sequentialTrain(X=X, Y=y, model=model, X_val=V, Y_val=v, frozen=4, lr=0.01, batch_size=32, epochs=40, patience=2, seed=3)
                least = min(losses[, 2])
                n = nrow(losses)
                print(n < 40)
                print(as.scalar(losses[n - 2, 2]) == least & as.scalar(losses[n, 2]) > least)
                loss = softmax_cross_entropy(net::forward(V, trained), v)
                print(abs(loss - least) < 1e-12)
                """);
    assertThat(output).isEqualTo("TRUE\nTRUE\nTRUE\n");
  }

  @Test
  void aTrainedNetworkIsWrittenAndReadAgain() {
    String output =
        output(
            NETWORK
                + """
                [trained, losses] = sequentialTrain(X=X, Y=y, model=model, lr=0.01, batch_size=32, epochs=1, seed=3)
                write(trained, "FILE", format="onnx")
                again = net::forward(X, read("FILE"))
                print(max(abs(again - net::forward(X, trained))) < 1e-5)
                """
                    .replace("FILE", folder.resolve("trained.onnx").toString()));
    assertThat(output).isEqualTo("TRUE\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Y=y[1:3, ], model=model | sequentialTrain: X and Y must have the same number of rows, at least 1, but have 128 and 3
          Y=y, model=model, frozen=8 | sequentialTrain: of 7 layers the first 8 cannot be frozen
          Y=y, model=model, frozen=6 | sequentialTrain: after the first 6 layers, which are frozen, there is none with weights
          Y=y, model=list(list(layer="tanh")) | sequentialTrain: none of the layers has weights
          Y=y, model=list(list(layer="afine", W=r(256, 4, 1), b=r(1, 4, 1))) | sequential: layer 1 is of a kind that is not known: afine
          Y=y, model=model, patience=1 | sequentialTrain: patience needs X_val and Y_val
          Y=y, model=model, loss="l3" | sequentialTrain: loss must be cross_entropy, binary_cross_entropy, l2 or l1, but is l3
          Y=y, model=model, lr=NaN | sequentialTrain: lr, decay and max_norm must be finite, but are NaN, 1.0 and 0.0
          Y=y, model=model, batch_size=0 | sequentialTrain: batch_size and epochs must be at least 1 and patience at least 0
          Y=y, model=model, optimizer="adamax" | sequential_optim: optimizer must be sgd, momentum, nesterov, adagrad, rmsprop, adam or adamw, but is adamax
          Y=y, model=model, settings=list(beta3=1) | sequential_optim: beta3 is no setting of an optimizer
          Y=y, model=list(list(layer="affine", W=r(256, 4, 1), b=r(1, 4, 1)), list(layer="melu")) | sequential: layer 2 is of a kind that is not known: melu
          Y=y, model=list(list(layer="affine", W=r(256, 4, 1), b=r(1, 4, 1)), list(layer="embedding", embedding_dict=r(4, 1, 1))) | sequential_train: layer 1 (affine) has weights without a gradient: layer 2 (embedding) takes what comes from it as numbers of rows
          Y=y, model=list(list(layer="affine", W=r(256, 4, 1), b=r(1, 4, 1)), list(layer="residual", main=list(list(layer="embedding", embedding_dict=r(4, 1, 1))), shortcut=list(list(layer="embedding", embedding_dict=r(4, 1, 1))))) | sequential_train: layer 1 (affine) has weights without a gradient: layer 2 (residual) takes what comes from it as numbers of rows
          Y=y, model=list(list(layer="affine", W=r(256, 4, 1), b=r(1, 4, 1)), list(layer="each_step", D=1, main=list(list(layer="embedding", embedding_dict=r(4, 1, 1))))) | sequential_train: layer 1 (affine) has weights without a gradient: layer 2 (each_step) takes what comes from it as numbers of rows
          """)
  void mistakesSayWhatIsWrong(String arguments, String message) {
    assertThatThrownBy(() -> output(NETWORK + "[m, l] = sequentialTrain(X=X, " + arguments + ")"))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model=list(layer='affine', W=X, b=X) | model is a list of layers, such as list(list(layer=\"affine\"",
        "model=list(layer='relu') | but is a single layer; write list() around it",
        "base=list(layer='relu'), model=model | base is a list of layers",
        "model=list(list(layer='relu'), list(W=X)) | layer 2 of model has no element 'layer'",
        "model=list(list(X, X)) | layer 1 of model has no element 'layer'",
      },
      quoteCharacter = '`')
  void whatIsNoListOfLayersIsToldSo(String arguments, String message) {
    assertThat(
            Scripts.failure(
                Scripts.config(),
                NETWORK
                    + "[m, l] = sequentialTrain(X=X, Y=y, "
                    + arguments.replace("'", "\"")
                    + ")"))
        .hasMessageContaining("sequentialTrain: ")
        .hasMessageContaining(message);
  }

  /** The place counts layers that are frozen, and is that within the list that the layer is in. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "list(relu, list(layer='affine', W=r(9, 2, 1), b=r(1, 2, 2))) | layer 2 (affine) takes rows of 9 numbers",
        "list(relu, relu, list(layer='low_rank_affine', U=r(9, 1, 1), V=r(1, 2, 1), b=r(1, 2, 2))) | layer 3 (low_rank_affine) takes rows of 9 numbers",
        "list(list(layer='batch_norm1d', gamma=v, beta=v, ema_mean=v, ema_var=v, epsilon=0.1)) | layer 1 (batch_norm1d) takes rows of 3 numbers",
        "list(relu, list(layer='layer_norm', gamma=v, beta=v, epsilon=0.1)) | layer 2 (layer_norm) takes rows of 3",
        "list(relu, list(layer='rms_norm', gamma=v, epsilon=0.1)) | layer 2 (rms_norm) takes rows of 3",
        "list(relu, list(layer='scale_shift1d', gamma=v, beta=v)) | layer 2 (scale_shift1d) takes rows of 3",
        "list(relu, list(layer='prelu1d', alpha=v)) | layer 2 (prelu1d) takes rows of 3",
        "list(relu, list(layer='residual', shortcut=list(), main=list(relu, relu, list(layer='affine', W=r(9, 2, 1), b=r(1, 2, 2))))) | layer 3 (affine) takes",
        "list(relu, list(layer='conv2d', W=r(1, 9, 1), b=r(1, 1, 1), C=1, Hin=9, Win=9, Hf=3, Wf=3, strideh=1, stridew=1, padh=1, padw=1)) | layer 2 (conv2d) takes rows of 81 numbers",
        "list(relu, list(layer='batch_norm2d', gamma=one, beta=one, ema_mean=one, ema_var=one, C=1, Hin=2, Win=3, epsilon=0.1)) | layer 2 (batch_norm2d) takes rows of 6 numbers",
        "list(relu, list(layer='max_pool2d', C=2, Hin=9, Win=9, Hf=3, Wf=3, strideh=1, stridew=1, padh=1, padw=1)) | layer 2 (max_pool2d) takes rows of 162 numbers",
        "list(relu, list(layer='global_avg_pool2d', C=2, Hin=9, Win=9)) | layer 2 (global_avg_pool2d) takes rows of 162 numbers",
      },
      quoteCharacter = '`')
  void aLayerThatDoesNotFitIsToldByItsPlace(String layers, String message) {
    String script =
        NETWORK
            + """
            relu = list(layer="relu")
            v = matrix(1, 1, 3)
            one = matrix(1, 1, 1)
            m = LAYERS
            """
                .replace("LAYERS", layers.replace("'", "\""));
    String gets = "as its weights and settings say, but gets rows of 256";
    for (String use :
        new String[] {"print(sum(net::forward(X, m)))", "[out, c, m] = train::forward(X, m)"}) {
      assertThat(Scripts.failure(Scripts.config(), script + use + "\nprint(length(m))"))
          .as(use)
          .hasMessageContaining("sequential: " + message)
          .hasMessageContaining(gets);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "layer='prelu1d', alpha=W",
        "layer='scale_shift1d', gamma=W, beta=v",
        "layer='rms_norm', gamma=W, epsilon=0.1",
        "layer='batch_norm1d', gamma=W, beta=v, ema_mean=v, ema_var=v + 1, epsilon=0.1",
      })
  void aSingleWeightIsForAllColumns(String layer) {
    String script =
        NETWORK
            + """
            Z = X[, 1:3] - 0.5
            v = matrix("0.25 -1 2", 1, 3)
            W = matrix(0.5, 1, 1)
            one = list(list(LAYER))
            W = matrix(0.5, 1, 3)
            all = list(list(LAYER))
            print(sum(net::forward(Z, one) != net::forward(Z, all)))
            [out1, c, m] = train::forward(Z, one)
            [out3, c, m] = train::forward(Z, all)
            print(sum(out1 != out3) + " " + (sum(abs(out1)) > 0))
            """
                .replace("LAYER", layer.replace("'", "\""));
    assertThat(output(script)).isEqualTo("0.0\n0.0 TRUE\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "layer='prelu1d', alpha=W | alpha",
        "layer='scale_shift1d', gamma=W, beta=v | gamma",
        "layer='scale_shift1d', gamma=v, beta=W | beta",
        "layer='rms_norm', gamma=W, epsilon=0.1 | gamma",
        "layer='batch_norm1d', gamma=W, beta=v, ema_mean=v, ema_var=v + 1, epsilon=0.1 | gamma",
      },
      quoteCharacter = '`')
  void theGradientOfASingleWeightIsTheSumOverAllColumns(String layer, String weight) {
    String script =
        NETWORK
            + """
            Z = X[, 1:3] - 0.5
            v = matrix("0.25 -1 2", 1, 3)
            dout = r(128, 3, 4)
            W = matrix(0.5, 1, 1)
            one = list(list(LAYER))
            W = matrix(0.5, 1, 3)
            all = list(list(LAYER))
            [out, c, m] = train::forward(Z, one)
            [dX1, g] = train::backward(dout, one, c)
            g = as.list(g[1])
            d1 = as.matrix(g["WEIGHT"])
            [out, c, m] = train::forward(Z, all)
            [dX3, g] = train::backward(dout, all, c)
            g = as.list(g[1])
            d3 = as.matrix(g["WEIGHT"])
            print(ncol(d1) + " " + ncol(d3) + " " + (as.scalar(d1) == sum(d3)))
            print(sum(dX1 != dX3))
            [m, l] = sequentialTrain(X=Z, Y=Z, model=one, loss="l2", epochs=2)
            m = as.list(m[1])
            print(length(as.matrix(m["WEIGHT"])))
            """
                .replace("LAYER", layer.replace("'", "\""))
                .replace("WEIGHT", weight);
    assertThat(output(script)).isEqualTo("1 3 TRUE\n0.0\n1\n");
  }

  @Test
  void thePlaceOfALayerCountsThoseThatAreFrozen() {
    String script =
        """
        relu = list(layer="relu")
        last = list(layer="affine", W=matrix(1, 9, 2), b=matrix(0, 1, 2))
        model = list(relu, relu, relu, last)
        [m, l] = sequentialTrain(X=matrix(1, 4, 3), Y=matrix(1, 4, 1), model=model, frozen=2)
        """;
    assertThat(Scripts.failure(Scripts.config(), script))
        .hasMessageContaining("layer 4 (affine) takes rows of 9 numbers")
        .hasMessageContaining("but gets rows of 3");
  }

  /** The shortcut's mask is none of those that layers of the other list draw. */
  @Test
  void listsOfOneLayerDrawMasksOfTheirOwn() {
    String output =
        output(
            """
            source("nn/sequential_train.dml") as train
            X = matrix(1, 20, 20)
            half = list(list(layer="dropout", p=0.5))
            inner = list(list(layer="residual", main=half, shortcut=list()))
            model = list(list(layer="residual", main=inner, shortcut=half))
            [out, cache, model] = train::forward(X, model, 3)
            print(sum(out == 3) > 0)
            one = list(list(layer="each_step", D=20, main=half))
            branches = list(list(layer="concat", branch1=half, branch2=one))
            [out, cache, model] = train::forward(X, branches, 3)
            print(sum(out[, 1:20] != out[, 21:40]) > 0)
            """);
    assertThat(output).isEqualTo("TRUE\nTRUE\n");
  }

  /** The gradient comes through the shortcut, so the first weights are trained. */
  @Test
  void embeddingsBesideAWayForTheGradientAreNoMistake() {
    String output =
        output(
            """
            X = matrix(1, 8, 1)
            ids = list(list(layer="embedding", embedding_dict=matrix(1, 3, 1)))
            model = list(list(layer="affine", W=matrix(1, 1, 1), b=matrix(0, 1, 1)), list(layer="residual", main=ids, shortcut=list()))
            [trained, losses] = sequentialTrain(X=X, Y=X, model=model, loss="l2", optimizer="sgd", lr=0.1, batch_size=8, epochs=1)
            first = as.list(trained[1])
            print(as.scalar(as.matrix(first["W"])) < 1)
            """);
    assertThat(output).isEqualTo("TRUE\n");
  }

  /** What is drawn does not depend on the number; of a seed for some steps only it would. */
  @Test
  void anyNegativeSeedDrawsOne() {
    String training =
        NETWORK
            + """
            for (k in 1:2) {
              [trained, losses] = sequentialTrain(X=X, Y=y, model=model, batch_size=32, epochs=3, shuffle=TRUE, seed=SEED)
              print(toString(losses, decimal=12))
            }
            """;
    String output = output(training.replace("SEED", "-5"));
    assertThat(output).isEqualTo(output(training.replace("SEED", "-1")));
    int half = output.length() / 2;
    assertThat(output.substring(0, half)).isNotEqualTo(output.substring(half));
  }

  /** The second of two steps, whose averages are no zeros, of a weight within and one without. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sgd | list(decay=0.1) | V = sgd_update(V, G, 0.05, 0.1)
          momentum | list(mu=0.8, decay=0.1) | [V, m] = momentum_update(V, G, 0.05, 0.8, m, 0.1)
          nesterov | list(mu=0.8, decay=0.1) | [V, m] = nesterov_update(V, G, 0.05, 0.8, m, 0.1)
          adagrad | list(epsilon=0.001) | [V, m] = adagrad_update(V, G, 0.05, 0.001, m)
          rmsprop | list(decay_rate=0.9, epsilon=0.001) | [V, m] = rmsprop_update(V, G, 0.05, 0.9, 0.001, m)
          adam | list(beta1=0.8, beta2=0.9, epsilon=0.001) | [V, m, v] = adam_update(V, G, 0.05, 0.8, 0.9, 0.001, k - 1, m, v)
          adamw | list(beta1=0.8, beta2=0.9, epsilon=0.001, lambda=0.1) | [V, m, v] = adamw_update(V, G, 0.05, 0.8, 0.9, 0.001, 0.1, k - 1, m, v)
          """)
  void stepsAreThoseOfTheBuiltinFunctions(String optimizer, String settings, String step) {
    String output =
        output(
            """
            source("nn/sequential_optim.dml") as optim
            W = rand(rows=3, cols=3, min=-1, seed=1)
            G = rand(rows=3, cols=3, min=-1, seed=2)
            b = matrix(0.5, 1, 3)
            affine = list(layer="affine", W=W, b=b)
            model = list(list(layer="residual", main=list(affine, list(layer="relu")), shortcut=list()), affine)
            g = list(W=G, b=b)
            gradients = list(list(main=list(g, list()), shortcut=list()), g)
            state = optim::init(model, "OPTIMIZER")
            V = W
            m = matrix(0, 3, 3)
            v = m
            for (k in 1:2) {
              [model, state] = optim::update(model, gradients, state, "OPTIMIZER", 0.05, SETTINGS)
              STEP
            }
            outer = as.list(model[2])
            first = as.list(model[1])
            main = as.list(first["main"])
            inner = as.list(main[1])
            print(sum(as.matrix(outer["W"]) != V) + sum(as.matrix(inner["W"]) != V))
            print(sum(V != W))
            """
                .replace("OPTIMIZER", optimizer)
                .replace("SETTINGS", settings)
                .replace("STEP", step));
    assertThat(output).isEqualTo("0.0\n9.0\n");
  }

  /** Two epochs of one batch are two steps by hand, the second of half the size. */
  @Test
  void stepsShrinkAfterEachEpoch() {
    String output =
        output(
            """
            X = rand(rows=8, cols=3, seed=1)
            Y = rowSums(X)
            W = rand(rows=3, cols=1, seed=2)
            model = list(list(layer="affine", W=W, b=matrix(0, 1, 1)))
            [trained, losses] = sequentialTrain(X=X, Y=Y, model=model, loss="l2", optimizer="sgd", lr=0.1, decay=0.5, batch_size=8, epochs=2)
            b = matrix(0, 1, 1)
            for (k in 1:2) {
              d = (X %*% W + b - Y) / 8
              W = W - 0.2 / 2^k * (t(X) %*% d)
              b = b - 0.2 / 2^k * colSums(d)
            }
            own = as.list(trained[1])
            print(max(abs(as.matrix(own["W"]) - W)) < 1e-14 & max(abs(as.matrix(own["b"]) - b)) < 1e-14)
            """);
    assertThat(output).isEqualTo("TRUE\n");
  }

  /** Layers in base and further ones that are frozen are as one list of frozen ones. */
  @Test
  void layersAreFrozenInBaseAndModel() {
    String output =
        output(
            NETWORK
                + """
                [base, rest] = train::split(model, 2)
                [one, losses] = sequentialTrain(X=X, Y=y, model=rest, base=base, frozen=2, lr=0.01, batch_size=32, epochs=2, seed=3)
                [other, same] = sequentialTrain(X=X, Y=y, model=model, frozen=4, lr=0.01, batch_size=32, epochs=2, seed=3)
                print(length(one) + " " + (toString(one) == toString(other)) + " " + sum(losses[, 1] != same[, 1]))
                """);
    assertThat(output).isEqualTo("7 TRUE 0.0\n");
  }

  /** A product with 0 would make NaN of them where the other value is chosen. */
  @Test
  void gradientsThatAreNotFiniteStayWithWhatIsChosen() {
    String output =
        output(
            """
            source("nn/sequential_train.dml") as train
            gradient = function(Matrix[Double] X, List[Unknown] layer, Matrix[Double] dout) return (Matrix[Double] dX) {
              [out, cache, other] = train::forward(X, list(layer), 7)
              [dX, gradients] = train::backward(dout, list(layer), cache)
            }
            X = matrix("1 -2 3 -4", 2, 2)
            choice = list(layer="where", condition=list(list(layer="compare", operator=">", number=0)), main=list(), other=list(list(layer="scale_shift", factor=2, shift=0)))
            print(toString(gradient(X, choice, matrix("Infinity NaN 2 -Infinity", 2, 2))))
            print(toString(gradient(X, list(layer="top_k", k=1, method="largest", gives="values"), matrix("Infinity NaN", 2, 1))))
            same = list(layer="compare_values", operator="<=", left=list(), right=list(list(layer="tanh")))
            print(toString(gradient(X, same, matrix("Infinity NaN 2 -Infinity", 2, 2))))
            """);
    assertThat(output.lines().filter(line -> !line.isEmpty()))
        .containsExactly(
            "Infinity NaN",
            "2.000 -Infinity",
            "Infinity 0.000",
            "NaN 0.000",
            "0.000 0.000",
            "0.000 0.000");
  }

  /** As of the largest of a row, of which NaN is one. */
  @Test
  void theColumnOfNotANumberIsOneThatThereIs() {
    String output =
        output(
            """
            source("nn/sequential.dml") as net
            X = matrix("1 NaN 3 NaN 4 5 6 7 -1 -2 -3 -4", 3, 4)
            for (i in 1:2) {
              method = ifelse(i == 1, "index_max", "index_min")
              print(toString(t(net::forward(X, list(list(layer="reduce", method=method, groups=1, D=1))))))
            }
            """);
    assertThat(output.lines().filter(line -> !line.isEmpty()))
        .containsExactly("2.000 4.000 1.000", "2.000 1.000 4.000");
  }

  /** As in PyTorch: where all is zero the norm has a corner, and no NaN goes on from there. */
  @Test
  void normsOfZerosHaveAGradientOfZero() {
    String output =
        output(
            """
            source("nn/sequential_train.dml") as train
            X = matrix("0 0 3 4 0 0 0 2", 2, 4)
            [out, cache, model] = train::forward(X, list(list(layer="reduce", method="norm", groups=2, D=1)))
            [dX, gradients] = train::backward(matrix(1, 2, 2), model, cache)
            print(toString(out) + toString(dX, decimal=1))
            """);
    assertThat(output).isEqualTo("0.000 5.000\n0.000 2.000\n0.0 0.0 0.6 0.8\n0.0 0.0 0.0 1.0\n\n");
  }

  @ParameterizedTest
  @CsvSource({"0 1", "1 4", "1.5 2", "-1 1", "NaN 1"})
  void columnsThatThereAreNotAreAMistake(String index) {
    assertThatThrownBy(() ->
            output(
                """
                source("nn/sequential.dml") as net
                X = matrix(1, 2, 3)
                print(sum(net::forward(X, list(list(layer="select", index=matrix("%s", 1, 2))))))
                """
                    .formatted(index)))
        .hasMessageContaining("sequential: layer 1 (select) takes columns from ");
  }

  /** Choices are made cell by cell: a column would be repeated, and its gradient is not one. */
  @ParameterizedTest
  @CsvSource({"2, 3, 3", "3, 1, 3", "3, 3, 2", "1, 3, 3"})
  void choicesBetweenDifferentWidthsAreAMistake(int condition, int main, int other) {
    String choice =
        """
        source("nn/sequential.dml") as net
        source("nn/sequential_train.dml") as train
        to = function(int k) return (list[unknown] layers) {
          layers = list(list(layer="affine", W=matrix(1, 3, k), b=matrix(0, 1, k)))
        }
        X = matrix(1, 2, 3)
        model = list(list(layer="where", condition=to(%d), main=to(%d), other=to(%d)))
        """
            .formatted(condition, main, other);
    String message =
        "sequential: where takes condition, main and other cell by cell, but they are 2x"
            + condition
            + ", 2x"
            + main
            + " and 2x"
            + other;
    assertThatThrownBy(() -> output(choice + "print(sum(net::forward(X, model)))"))
        .hasMessageContaining(message);
    assertThatThrownBy(
            () -> output(choice + "[out, cache, m] = train::forward(X, model)\nprint(sum(out))"))
        .hasMessageContaining(message);
  }

  /** Their loss would be 0, and nothing be learned from them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Y=y - 1 | classes are whole numbers from 1 on, but Y has 0.0 in row 2; add 1
          Y=y + 0.5 | but Y has 2.5 in row 1
          Y=y * NaN | but Y has NaN in row 1
          Y=y, X_val=X, Y_val=y - 1 | but Y_val has 0.0 in row 2
          Y=y + 1 | needs a score for each of 3 classes, but the model puts out 2 for each row
          Y=y, X_val=X, Y_val=y + 2 | needs a score for each of 4 classes, but the model puts out 2
          Y=matrix(1, 128, 1), base=model | needs a score for each of 2 classes, but the model puts out 1
          Y=y, loss="binary_cross_entropy" | binary_cross_entropy needs numbers from 0 to 1, but Y has others
          Y=cbind(y, y) - 1, base=model, loss="binary_cross_entropy" | pred and y must have the same shape, but are 64x1 and 64x2
          Y=y - 1, loss="binary_cross_entropy" | binary_cross_entropy is that of the sigmoid, but the last layer is log_softmax; leave that out
          Y=y, lr=-0.1 | must not be negative, but are -0.1, 1.0 and 0.0
          """)
  void classesThatTheModelDoesNotHaveAreAMistake(String arguments, String message) {
    assertThatThrownBy(() ->
            output(
                NETWORK
                    + """
                    head = list(list(layer="affine", W=r(2, 1, 20), b=r(1, 1, 30)))
                    if (IS_BASE) m = head else m = model
                    [trained, losses] = sequentialTrain(X=X, model=m, epochs=1, seed=3, ARGUMENTS)
                    """
                        .replace("ARGUMENTS", arguments)
                        .replace("IS_BASE", arguments.contains("base") ? "TRUE" : "FALSE")))
        .hasMessageContaining("sequentialTrain: ")
        .hasMessageContaining(message);
  }

  /** Its loss would stand still. */
  @ParameterizedTest
  @ValueSource(strings = {"softmax", "log_softmax"})
  void theSoftmaxOfOneScoreIsNotTrained(String last) {
    String script =
        NETWORK
            + """
            one = list(list(layer="affine", W=r(256, 1, 1), b=matrix(0, 1, 1)), list(layer="LAST"))
            [trained, losses] = sequentialTrain(X=X, Y=y - 1, model=one, loss="binary_cross_entropy", epochs=2)
            """
                .replace("LAST", last);
    assertThatThrownBy(() -> output(script))
        .hasMessageContaining(
            "sequentialTrain: binary_cross_entropy is that of the sigmoid, but the last layer is "
                + last
                + "; leave that out");
  }

  /** The losses are those of PyTorch 2.13, whose scores overflow no power either. */
  @ParameterizedTest
  @CsvSource({"', list(layer=\"sigmoid\")', 3", "'', 2"})
  void sigmoidsAreTrainedByBinaryCrossEntropy(String end, int layers) {
    String output =
        output(
            """
            source("nn/sequential.dml") as net
            X = matrix(seq(1, 18), 6, 3) %% 5 - 2
            Y = matrix(seq(1, 12), 6, 2) %% 4 / 4
            affine = list(layer="affine", W=matrix("0.5 -30 20 0.25 -0.75 1", 3, 2), b=matrix("0.1 -0.2", 1, 2))
            [trained, losses] = sequentialTrain(X=X, Y=Y, X_val=X * 1000, Y_val=Y, model=list(list(layer="flatten"), affineEND),
              loss="binary_cross_entropy", optimizer="sgd", lr=0.5, batch_size=6, epochs=3)
            print(toString(losses[, 1], decimal=10) + (sum(losses) < Inf) + " " + length(trained))
            """
                .replace("END", end));
    assertThat(output)
        .isEqualTo("35.7097931045\n34.9197176379\n34.1478736639\nTRUE " + layers + "\n");
  }

  private static String output(String script) {
    return Scripts.run(Scripts.config(), script).output();
  }
}
