"""The words for a word embedding in the code of other people."""

from convcheck.layers.words import Words, words

INDICES = words(
    "x xs idx idxs index indices ids id words word wordids wordid wordidx wordindices wordindex tokens token tokenids"
    " tokenid inputids inputs input inputdata captions captionsin seq sequence sequences sentence sentences"
    " labels data a"
    " inp items"
)

WORDS = Words(
    names=words(
        "wordembedding wordembeddings embedding embeddings embed embeddinglayer wordembeddinglayer wordembed"
        " timeembedding"
        " tokenembedding tokenembeddings tokenembeddinglayer lookuptable embeddinglookup embeddingtable wordvectors"
        " wordlookup"
    ),
    inputs={
        "W": words(
            "w weight weights wt ws wembed wembedding embedding embeddings embeddingmatrix embeddingtable emb"
            " embs embed"
            " embedmatrix embedw embedweight table lookup lookuptable matrix wordvectors vectors wordvecs we"
            " embeddingweights embeddingweight embedweights"
        )
    },
    settings={"x": INDICES},
    sizes={
        "N": words("n batchsize batch"),
        "T": words("t timesize seqlen seqlength sequencelength maxlen length steps inputlength timesteps"),
        "V": words(
            "v vocabsize vocab vocabularysize nvocab numembeddings numwords nwords inputdim numtokens vocabsz dictsize"
            " inputsize nitems numitems nin innum voc vocablen vocabularylength indim insize inputs infeatures"
        ),
        "D": words(
            "d embeddingdim embeddim embdim embeddingsize embedsize embsize wordvecsize wordvecdim wordvec outputdim"
            " dim dmodel nembd vecsize vectorsize features hidden hiddensize hiddendim h nout outputsize"
            " dimension wordvecdimension nfactors outdim outsize outfeatures embeddingdims"
        ),
    },
    hints={
        "shapes": "x is (N, T), integers; W is (V, D); out and dout are (N, T, D)",
        "index": "x holds integers from 0 to V - 1, which are rows of W",
        "axes": "x is (N, T): a word may stand in several places of it, and np.add.at(dW, x, dout) adds up all of them",
    },
    example="word_embedding_forward and word_embedding_backward",
)
