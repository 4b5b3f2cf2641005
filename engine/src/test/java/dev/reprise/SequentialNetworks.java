package dev.reprise;

/** Networks that are lists of layers, as beginnings of scripts. */
final class SequentialNetworks {
  /** 128 images of 16 x 16 of two kinds, and a network whose filters may stay as they are. */
  static final String IMAGES =
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

  private SequentialNetworks() {}
}
