// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.FileSystems.Images;
using Moat.Vfs;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>Images in the forms of `docker save` and of OCI image layouts, with layers.</summary>
public sealed class ContainerImageTests
{
    // Three layers; what the second and third hide is hidden in all ways that there are.
    private const string Layers = """
        set -e
        mkdir -p 1/etc 1/gone/deep 1/opaque/old 1/kept 1/replaced/x 2/etc 2/opaque/new 3/kept
        echo one >1/etc/a; echo one >1/etc/b; echo one >1/gone/deep/file; echo one >1/opaque/old/file
        echo one >1/kept/file; echo one >1/whiteout; ln 1/kept/file 1/kept/hard; echo one >1/was-file
        : >2/.wh.gone; : >2/.wh.whiteout; : >2/opaque/.wh..wh..opq; echo two >2/opaque/new/file
        echo two >2/etc/b; : >2/.wh..wh.plnk; echo two >2/replaced; mkdir 2/was-file; echo two >2/was-file/x
        echo three >3/whiteout; : >3/kept/.wh.file
        for i in 1 2 3; do tar -C $i -cf layer$i.tar .; done
        cat >config.json <<'EOF'
        {"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin","A=b"],"User":"nobody:5",
        "Cmd":["-c","x"],"Entrypoint":["/bin/sh"],"WorkingDir":"/work"},"rootfs":{"type":"layers"}}
        EOF
        """;

    private const string Docker = """
        mkdir d; for i in 1 2 3; do mkdir d/$i; mv layer$i.tar d/$i/layer.tar; done; cp config.json d/c.json
        echo '[{"Config":"c.json","RepoTags":["a:b"],"Layers":["1/layer.tar","2/layer.tar","3/layer.tar"]}]' \
            >d/manifest.json
        tar -C d -cf image .
        """;

    private const string Layout = """
        blobs=o/blobs/sha256; mkdir -p $blobs; echo '{"imageLayoutVersion":"1.0.0"}' >o/oci-layout
        gzip layer1.tar layer3.tar; layers=
        for f in layer1.tar.gz layer2.tar layer3.tar.gz; do
            sum=$(sha256sum <$f | cut -c1-64); cp $f $blobs/$sum
            layers="$layers${layers:+,}{\"digest\":\"sha256:$sum\"}"
        done
        config=$(sha256sum <config.json | cut -c1-64); cp config.json $blobs/$config
        echo "{\"layers\":[$layers],\"config\":{\"digest\":\"sha256:$config\"}}" >m
        manifest=$(sha256sum <m | cut -c1-64); cp m $blobs/$manifest
        other='{"digest":"sha256:0","platform":{"os":"linux","architecture":"arm64"}}'
        this='"platform":{"os":"linux","architecture":"amd64"}'
        echo "{\"manifests\":[$other,{\"digest\":\"sha256:$manifest\",$this}]}" >i
        index=$(sha256sum <i | cut -c1-64); cp i $blobs/$index
        echo "{\"manifests\":[{\"digest\":\"sha256:$index\"}]}" >o/index.json
        """;

    [Theory]
    [InlineData(Docker)]
    [InlineData(Docker + "\ngzip image; mv image.gz image")]
    [InlineData(Layout + "\ntar -C o -cf image .")]
    [InlineData(Layout + "\nmv o image")]
    public void Layers_lie_over_each_other(string script)
    {
        ImageConfig? config = null;
        using var world = new World((inner, directory) =>
        {
            ImageFiles.Run(directory, Layers + "\n" + script);
            ImageOpening opened = ImageFiles.Open(inner.Vfs, directory + "/image");
            Assert.Null(opened.Problem);
            config = opened.Config;
            return opened.FileSystem!;
        });
        Assert.Equal(["etc", "kept", "opaque", "replaced", "was-file", "whiteout"], world.List("/"));
        Assert.Equal(["new"], world.List("opaque"));
        Assert.Equal(["hard"], world.List("kept"));
        Assert.Equal(1u, world.Stat("kept/hard").Value.LinkCount);
        Assert.Equal("one\n", world.Read("etc/a"));
        Assert.Equal("two\n", world.Read("etc/b"));
        Assert.Equal("two\n", world.Read("replaced"));
        Assert.Equal("two\n", world.Read("was-file/x"));
        Assert.Equal("three\n", world.Read("whiteout"));
        Assert.Equal(["/bin/sh"], config!.Entrypoint);
        Assert.Equal(["-c", "x"], config.Command);
        Assert.Equal(["PATH=/bin", "A=b"], config.Environment);
        Assert.Equal(("nobody:5", "/work"), (config.User, config.WorkingDirectory));
    }

    [Theory]
    [InlineData(Docker + "\nrm d/2/layer.tar; tar -C d -cf image .", "layer 2/layer.tar is missing")]
    [InlineData(Docker + "\necho x >d/2/layer.tar; tar -C d -cf image .", "layer 2/layer.tar is no tar")]
    [InlineData(Docker + "\necho '[{' >d/c.json; tar -C d -cf image .", "its config is no JSON")]
    [InlineData(Docker + "\necho '[1,2' >d/manifest.json; rm -r d/3; tar -C d -cf image .", null)]
    [InlineData(Docker + "\nsed -i 's/]}]/]},{}]/' d/manifest.json; tar -C d -cf image .", "holds 2 images")]
    [InlineData(Layout + "\nsed -i s/sha256:/..:/ o/index.json; mv o image", "no image for linux/amd64")]
    [InlineData(Layout + "\necho '{\"manifests\":[{\"digest\":\"\\ud800\"}]}' >o/index.json; mv o image", "")]
    [InlineData(Layout + "\necho '[[[' >o/index.json; mv o image", "index.json")]
    [InlineData(Layout + "\nln -sf /etc/passwd o/index.json; mv o image", null)]
    [InlineData(Layout + "\nmv o image; printf '\\377\\377\\377' | dd bs=1 seek=21 conv=notrunc status=none "
        + "of=image/blobs/sha256/$(sha256sum <layer1.tar.gz | cut -c1-64)", "does not inflate")]
    public void Damaged_images_are_refused_with_a_reason(string script, string? expected)
    {
        using var world = new World("host",
            directory => ImageFiles.Run(directory, Layers + "\n" + script));
        ImageOpening opened = ImageFiles.Open(world.Vfs, world.HostDirectory + "/image");
        if (expected is null)
        {
            // Not an image of this kind at all, so what it is otherwise.
            Assert.Null(opened.Problem);
            return;
        }

        Assert.Null(opened.FileSystem);
        Assert.Contains(expected, opened.Problem, StringComparison.Ordinal);
    }
}
