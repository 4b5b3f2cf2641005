package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import java.util.Set;

/** Layers of neural networks. */
public final class NeuralKernels {
  /** The opcodes of this family that call BLAS. */
  public static final Set<String> PRODUCTS =
      Set.of(
          "conv2d",
          "conv2d_backward_filter",
          "conv2d_backward_data",
          "attention",
          "attention_backward",
          "lstm",
          "lstm_backward");

  private NeuralKernels() {}

  /** Adds the kernels from floats to floats. */
  public static void registerFloats(KernelTable.Builder table, Parallel parallel, LazyBlas blas) {
    registerImageLayers(table, parallel, blas, Precision.FP32);
    registerRowLayers(table, parallel, Precision.FP32);
    registerSequenceLayers(table, parallel, blas, Precision.FP32);
  }

  private static void registerImageLayers(
      KernelTable.Builder table, Parallel parallel, LazyBlas blas, Precision precision) {
    table.add("conv2d", new Convolution(parallel, blas, precision));
    table.add("conv2d_backward_filter", new ConvolutionFilterGradient(parallel, blas, precision));
    table.add("conv2d_backward_data", new ConvolutionDataGradient(parallel, blas, precision));
    PoolingKernels max = new PoolingKernels(new MaxPooling(), parallel, precision);
    table.add("max_pool", max::forward);
    table.add("max_pool_backward", max::backward);
    PoolingKernels average = new PoolingKernels(new AveragePooling(), parallel, precision);
    table.add("avg_pool", average::forward);
    table.add("avg_pool_backward", average::backward);
    BiasKernels bias = new BiasKernels(parallel, precision);
    table.add("bias_add", bias::add);
    table.add("bias_multiply", bias::multiply);
    GlobalPooling global = new GlobalPooling(parallel, precision);
    table.add("global_avg_pool", global::average);
    table.add("global_avg_pool_backward", global::averageGradient);
    table.add("global_max_pool", global::largest);
    table.add("global_max_pool_backward", global::largestGradient);
    BatchNormalisation normalisation = new BatchNormalisation(parallel, precision);
    table.add("batch_norm2d", normalisation::forward);
    table.add("batch_norm2d_backward", normalisation::backward);
  }

  /** Layers that go through rows, or cells, in blocks of doubles. */
  private static void registerRowLayers(
      KernelTable.Builder table, Parallel parallel, Precision precision) {
    Softmax softmax = new Softmax(parallel, precision);
    table.add("softmax", softmax::probabilities);
    table.add("softmax_backward", softmax::gradient);
    table.add("log_softmax", softmax::logarithms);
    table.add("log_softmax_backward", softmax::logarithmGradient);
    CrossEntropy entropy = new CrossEntropy(parallel, precision);
    table.add("softmax_cross_entropy", entropy::loss);
    table.add("softmax_cross_entropy_backward", entropy::gradient);
    SlopedGradients slopes = new SlopedGradients(parallel, precision);
    table.add("leaky_relu_backward", slopes::leakyRelu);
    table.add("elu_backward", slopes::elu);
    OptimiserSteps.register(table, parallel, precision);
    LayerNormalisation rows = new LayerNormalisation(parallel, precision);
    table.add("layer_norm", rows::forward);
    table.add("layer_norm_backward", rows::backward);
  }

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel, LazyBlas blas) {
    registerImageLayers(table, parallel, blas, Precision.FP64);
    registerRowLayers(table, parallel, Precision.FP64);
    registerSequenceLayers(table, parallel, blas, Precision.FP64);
  }

  private static void registerSequenceLayers(
      KernelTable.Builder table, Parallel parallel, LazyBlas blas, Precision precision) {
    Embedding embedding = new Embedding(parallel, precision);
    table.add("embedding", embedding::lookUp);
    table.add("embedding_backward", embedding::gradient);
    table.add("attention", new Attention(parallel, blas, precision));
    table.add("attention_backward", new AttentionGradient(parallel, blas, precision));
    table.add("lstm", new Lstm(parallel, blas, precision));
    table.add("lstm_backward", new LstmGradient(parallel, blas, precision));
  }
}
